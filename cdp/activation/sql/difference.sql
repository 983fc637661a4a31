{#
    The difference between the payload and what the receiver has acknowledged: one row per key that
    calls for an operation, numbered in the order of sending. Operations are insert, update, delete
    and merge, and for rows that are not sent `skipped` (not permitted) and `held_back` (rejected
    before and not due again).

    Context:
        payload, key, payload_hash, profile, columns   the payload and SQL over its columns
        mode, is_deleting, all_rows                    the sync's mode; whether it deletes rows; in
                                                       mode `full`, whether all rows are sent
        redirects, merged_profiles, can_delete         what becomes of rows of merged profiles; see
                                                       survivors.sql
        order_by, retries_due_at                       the payload's value to sort by; now
        consents, suppressions, channel, purpose, send_until, now    see permission.sql
        sync_name, sync_ledger, sync_intents, sync_rejections        the ledger
#}
create temp table sync_difference as

with

payload as not materialized (
    select
        {{ key }} as sync_key,
        {{ payload_hash }} as payload_hash,
        cast({{ profile }} as text) as profile_id,
        {% for column in columns %}
        {{ column }} as value_{{ loop.index0 }},
        {% endfor %}
        {% if send_until %}
        {{ send_until }} as send_until
        {% else %}
        cast(null as timestamp) as send_until
        {% endif %}
    from {{ payload }}
),

-- What the receiver has acknowledged. Deleted and merged keys stay in the ledger.
ledger as not materialized (
    select
        sync_key,
        operation not in ('delete', 'merge') as is_live,
        payload_hash, revision, receiver_id
    from {{ sync_ledger }}
    where sync_name = {{ sync_name }}
),

-- Changes that may have been sent and are not acknowledged.
intents as (
    select
        sync_key, operation, payload_hash, revision, profile_id
    from {{ sync_intents }}
    where sync_name = {{ sync_name }}
),

{% if redirects %}
survivors as (
    {% include "survivors.sql" %}
),
{% endif %}

-- Intents are few; joined after the ledger they add nothing to the memory of that join.
compared as (
    select
        payload.*,
        coalesce(payload.sync_key, ledger.sync_key, intents.sync_key) as any_key,
        payload.sync_key is not null as is_present,
        ledger.revision as ledger_revision,
        ledger.receiver_id,
        coalesce(ledger.is_live, false) as is_live,
        intents.operation as pending_operation,
        intents.payload_hash as pending_hash,
        intents.revision as pending_revision,
        -- The receiver has this very row, and no later change is in doubt.
        coalesce(
            ledger.is_live
            and intents.operation is null
            and ledger.payload_hash = payload.payload_hash
            and not {{ all_rows }},
            false
        ) as is_acknowledged
    from payload
    full outer join ledger on payload.sync_key = ledger.sync_key
    full outer join intents on coalesce(payload.sync_key, ledger.sync_key) = intents.sync_key
    {% if not all_rows and not (is_deleting and (consents or send_until)) %}
    -- Only a mirror must look at unchanged rows: their consent may be gone.
    where
        payload.sync_key is null
        or ledger.payload_hash is distinct from payload.payload_hash
        or intents.operation is not null
        or not ledger.is_live
    {% endif %}
),

permitted as (
    {% with rows = "compared" | safe, is_page = false %}
    {% include "permission.sql" %}
    {% endwith %}
),

decided as (
    {% include "operation.sql" %}
),

-- A rejected change waits until it is due; changed content is another change.
checked as (
    select
        decided.*,
        case
            when rejections.sync_key is not null then 'held_back'
            else decided.operation_wanted
        end as operation
    from decided
    left join {{ sync_rejections }} as rejections
        on
            rejections.sync_name = {{ sync_name }}
            and decided.any_key = rejections.sync_key
            and decided.operation_wanted = rejections.operation
            and (
                rejections.operation in ('delete', 'merge')
                or decided.payload_hash = rejections.payload_hash
            )
            and (
                rejections.state = 'dead'
                or (
                    rejections.state = 'waiting'
                    and rejections.next_attempt_at > {{ retries_due_at }}
                )
            )
    where decided.operation_wanted is not null
)

select
    row_number() over (
        order by
            -- Rows that are sent have the positions from 1 on without a gap.
            case when operation in ('skipped', 'held_back') then 1 else 0 end,
            {% if mode == "full" %}
            -- The same rows make the same batches, whatever has left.
            case when operation in ('delete', 'merge') then 1 else 0 end,
            {% else %}
            -- A value that moves to another row is freed before it is taken.
            case when operation in ('delete', 'merge') then 0 else 1 end,
            {% endif %}
            {% if order_by %}
            {{ order_by }} nulls first,
            {% endif %}
            {% if mode != "full" %}
            case when operation = 'insert' then 1 else 0 end,
            {% endif %}
            -- By bytes on both engines, not by the language of the database.
            {% if engine == "postgres" %}
            any_key collate "C"
            {% else %}
            any_key
            {% endif %}
    ) as batch_position,
    any_key as sync_key,
    operation, payload_hash, is_present, profile_id,
    case when operation = 'merge' then into_key end as into_key,
    case when operation = 'merge' then into_receiver_id end as into_receiver_id,
    permission, consent_recorded_at, is_live, ledger_revision, receiver_id, pending_operation,
    pending_hash, pending_revision,
    {% for column in columns %}
    value_{{ loop.index0 }},
    {% endfor %}
    send_until
from checked
