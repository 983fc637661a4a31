create table {{ schema }}.landing_loads (
    load_id text primary key,
    channel text,
    entity text,
    table_name text not null,
    file text not null,
    file_format text,
    content_sha256 text not null,
    size_bytes bigint,
    file_version bigint not null,
    is_current boolean not null,
    superseded_by text,
    row_count bigint,
    quarantined_row_count bigint,
    started_at timestamp,
    loaded_at timestamp
)
