{#
    The tables of the ledger; docs/activation.md describes them. With `is_empty` temporary and empty
    ones stand in for tables that do not exist yet, as for a plan, which writes nothing.

    Context: engine, schema, is_empty.

    DuckDB has no keys: it would keep their index in memory, the file has one writer, and the
    difference has each key once.
#}
{% if is_empty %}
{% set create, prefix = "create temp table" | safe, "empty_" | safe %}
{% else %}
{% set create, prefix = "create table if not exists" | safe, schema ~ "." | safe %}
create schema if not exists {{ schema }};
{% endif %}
{% set has_keys = engine == "postgres" and not is_empty %}

-- What the receiver has. Deleted and merged keys stay: inserted again, they are a new revision.
{{ create }} {{ prefix }}sync_ledger (
    sync_name text not null, sync_key text not null, operation text not null, payload_hash text,
    revision bigint not null, receiver_id text, run_id text not null,
    acknowledged_at timestamp not null, profile_id text,
    -- Of a message that counts towards frequency caps.
    message_channel text
    {% if has_keys %}, primary key (sync_name, sync_key){% endif %}
);

-- Changes that were or were about to be sent and are not acknowledged. `is_new`: the ledger has no
-- row of the key.
{{ create }} {{ prefix }}sync_intents (
    sync_name text not null, sync_key text not null, operation text not null, payload_hash text,
    revision bigint not null, idempotency_key text not null, permission text not null,
    consent_recorded_at timestamp, is_new boolean not null, run_id text not null,
    batch_position bigint not null, written_at timestamp not null, profile_id text,
    message_channel text
    {% if has_keys %}, primary key (sync_name, sync_key){% endif %}
);

-- A run id that is used again starts a row of its own.
{{ create }} {{ prefix }}sync_runs (
    sync_name text not null, run_id text not null, destination text not null,
    mode text not null, status text not null, started_at timestamp not null,
    finished_at timestamp, inserted_count bigint, updated_count bigint, deleted_count bigint,
    withheld_count bigint, rejected_count bigint, held_back_count bigint, failed_count bigint,
    unchanged_count bigint, request_count bigint, message text, merged_count bigint
    {% if has_keys %}, primary key (sync_name, run_id, started_at){% endif %}
);

-- Rows by run that were delivered, rejected, skipped (`withheld`) or failed.
{{ create }} {{ prefix }}sync_outcomes (
    sync_name text not null, run_id text not null, sync_key text not null,
    operation text not null, status text not null, attempt_count bigint not null, reason text,
    payload_hash text, revision bigint, idempotency_key text, permission text not null,
    consent_recorded_at timestamp, recorded_at timestamp not null
);

-- Rows that the receiver refused, also after they were resolved.
{{ create }} {{ prefix }}sync_rejections (
    sync_name text not null, sync_key text not null, operation text not null, payload_hash text,
    reason text, attempt_count bigint not null, state text not null,
    first_rejected_at timestamp not null, last_rejected_at timestamp not null,
    next_attempt_at timestamp, run_id text not null
    {% if has_keys %}, primary key (sync_name, sync_key){% endif %}
);

-- Rows that are skipped at present.
{{ create }} {{ prefix }}sync_withheld (
    sync_name text not null, sync_key text not null, reason text not null, run_id text not null,
    withheld_since timestamp not null
    {% if has_keys %}, primary key (sync_name, sync_key){% endif %}
);

{% if has_keys %}
create index if not exists sync_intents_by_position
on {{ schema }}.sync_intents (sync_name, run_id, batch_position);
{% endif %}
