{#- What each file held when it was last read, so that unchanged files are not read again. -#}
create table {{ schema }}.landing_files (
    file text primary key,
    table_name text not null,
    size_bytes bigint,
    modified text,
    content_sha256 text not null,
    load_id text not null,
    seen_at timestamp
)
