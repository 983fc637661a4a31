{# Makes the table of the rows that syncs wrote. Context: rows, rows_table. #}
select pg_advisory_xact_lock(hashtextextended({{ rows_table }}, 0));

create table if not exists {{ rows }} (
    sync_name text, table_name text, row_key text, revision bigint not null,
    is_ours boolean not null,
    primary key (sync_name, table_name, row_key)
);
