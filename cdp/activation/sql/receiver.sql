{# The SQLite tables of the local receiver: rows at present, deliveries and requests. #}
create table if not exists state (
    sync text not null, object text not null, key text not null, is_deleted integer not null,
    revision integer not null, values_json text not null,
    primary key (sync, key)
);
create table if not exists deliveries (
    sync text not null, key text not null, operation text not null,
    idempotency_key text not null, revision integer not null, is_duplicate integer not null,
    request_key text not null, into_key text, received_at real not null
);
create table if not exists seen (idempotency_key text primary key);
create table if not exists requests (received_at real not null, status integer not null);
create index if not exists deliveries_by_key on deliveries (sync, key);
