{#
    Writes the intents of a page before it is sent, in place of earlier ones of the same keys.

    A change in doubt is repeated under its revision, and so under its idempotency key; a different
    change has the next revision. In mode `append` the content is no part of the change: a message
    whose text was rendered again is the same message.

    Context: first_position, last_position, mode, channel, run_id, now, message_channel (null where
    the message counts towards no cap), idempotency_key (SQL), and the ledger.
#}
delete from {{ sync_intents }}
where
    sync_name = {{ sync_name }}
    and sync_key in (
        select sync_key
        from sync_difference
        where
            batch_position between {{ first_position }} and {{ last_position }}
            and operation in ('insert', 'update', 'delete', 'merge')
            and pending_operation is not null
    );

insert into {{ sync_intents }} (
    sync_name, sync_key, operation, payload_hash, revision, idempotency_key, permission,
    consent_recorded_at, is_new, run_id, batch_position, written_at, profile_id, message_channel
)
with

changes as (
    select
        *,
        case when operation not in ('delete', 'merge') then payload_hash end as content_hash
    from sync_difference
    where
        batch_position between {{ first_position }} and {{ last_position }}
        and operation in ('insert', 'update', 'delete', 'merge')
),

numbered as (
    select
        *,
        case
            {% if mode == "append" %}
            when pending_operation is not null then pending_revision
            {% else %}
            when pending_operation = operation and (pending_hash is not distinct from content_hash)
                then pending_revision
            when pending_operation is not null then pending_revision + 1
            {% endif %}
            else coalesce(ledger_revision, 0) + 1
        end as revision
    from changes
)

select
    {{ sync_name }} as sync_name,
    sync_key,
    operation,
    content_hash as payload_hash,
    revision,
    {{ idempotency_key }} as idempotency_key,
    permission,
    consent_recorded_at,
    ledger_revision is null as is_new,
    {{ run_id }} as run_id,
    batch_position,
    {{ now }} as written_at,
    profile_id,
    cast({{ message_channel }} as text) as message_channel
from numbered
