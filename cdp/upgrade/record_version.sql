create schema if not exists "{{ schema('activation') }}";
create table if not exists {{ relation('activation', 'warehouse_version') }} (
    version_number bigint not null,
    is_rebuilt boolean not null,
    upgraded_at timestamp not null
);
delete from {{ relation('activation', 'warehouse_version') }};
insert into {{ relation('activation', 'warehouse_version') }}
values ({{ version.number }}, {{ version.is_rebuilt }}, cast(current_timestamp as timestamp));
