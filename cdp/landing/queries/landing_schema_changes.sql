create table {{ schema }}.landing_schema_changes (
    load_id text not null,
    table_name text,
    column_name text,
    change text,
    previous_type text,
    current_type text,
    detected_at timestamp
)
