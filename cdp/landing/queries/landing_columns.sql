create table {{ schema }}.landing_columns (
    load_id text not null,
    table_name text,
    column_name text,
    inferred_type text,
    ordinal_position bigint
)
