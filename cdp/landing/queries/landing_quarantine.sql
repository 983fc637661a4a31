create table {{ schema }}.landing_quarantine (
    load_id text not null,
    table_name text,
    file text,
    row_number bigint,
    reason text,
    original_text text,
    loaded_at timestamp
)
