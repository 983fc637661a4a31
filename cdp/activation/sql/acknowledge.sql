{#
    Writes what became of sent rows, in one transaction: the ledger takes the delivered rows, the log
    takes all, and the intents of answered rows go. Rows that failed keep their intents, so that the
    next run repeats them.

    Context: run_id, now, retry_waits (seconds before each further try), has_delivered, has_updates
    (whether the ledger may know a delivered key), has_rejected, and the ledger.
#}
{% if has_updates %}
update {{ sync_ledger }} as ledger
set
    operation = answered.operation,
    payload_hash = answered.payload_hash,
    revision = answered.revision,
    receiver_id = coalesce(answered.receiver_id, ledger.receiver_id),
    run_id = {{ run_id }},
    acknowledged_at = {{ now }},
    profile_id = coalesce(answered.profile_id, ledger.profile_id),
    message_channel = answered.message_channel
from sync_answered as answered
where
    answered.status = 'delivered'
    and not answered.is_new
    and ledger.sync_name = {{ sync_name }}
    and ledger.sync_key = answered.sync_key;

{% endif %}
{% if has_delivered %}
insert into {{ sync_ledger }} (
    sync_name, sync_key, operation, payload_hash, revision, receiver_id, run_id,
    acknowledged_at, profile_id, message_channel
)
select
    sync_name, sync_key, operation, payload_hash, revision, receiver_id, run_id,
    {{ now }} as acknowledged_at,
    profile_id,
    message_channel
from sync_answered
where status = 'delivered' and is_new;

update {{ sync_rejections }}
set
    state = 'resolved',
    next_attempt_at = null
where
    sync_name = {{ sync_name }}
    and state <> 'resolved'
    and sync_key in (
        select sync_key from sync_answered
        where status = 'delivered'
    );

{% endif %}
{% if has_rejected %}
merge into {{ sync_rejections }} as earlier
using (
    select
        answered.sync_key, answered.operation, answered.payload_hash, answered.reason,
        -- To the receiver changed content is a new row, so its attempts are counted from 1.
        case
            when (counted.payload_hash is not distinct from answered.payload_hash)
                then coalesce(counted.attempt_count, 0)
            else 0
        end + 1 as attempt_count
    from sync_answered as answered
    left join {{ sync_rejections }} as counted
        on
            answered.sync_name = counted.sync_name
            and answered.sync_key = counted.sync_key
            and answered.operation = counted.operation
            and counted.state <> 'resolved'
    where answered.status = 'rejected'
) as rejected
    on earlier.sync_name = {{ sync_name }} and earlier.sync_key = rejected.sync_key
when matched then
    update set
        operation = rejected.operation,
        payload_hash = rejected.payload_hash,
        reason = rejected.reason,
        attempt_count = rejected.attempt_count,
        state = case
            when rejected.attempt_count > {{ retry_waits | length }} then 'dead' else 'waiting'
        end,
        first_rejected_at = case
            when rejected.attempt_count = 1 then {{ now }} else earlier.first_rejected_at
        end,
        last_rejected_at = {{ now }},
        next_attempt_at = case rejected.attempt_count
            {% for seconds in retry_waits %}
            when {{ loop.index }} then {{ now }} + interval '{{ seconds }} seconds'
            {% endfor %}
        end,
        run_id = {{ run_id }}
when not matched then insert (
    sync_name, sync_key, operation, payload_hash, reason, attempt_count, state,
    first_rejected_at, last_rejected_at, next_attempt_at, run_id
) values (
    {{ sync_name }},
    rejected.sync_key, rejected.operation, rejected.payload_hash, rejected.reason,
    1,
    'waiting',
    {{ now }},
    {{ now }},
    {{ now }} + interval '{{ retry_waits[0] }} seconds',
    {{ run_id }}
);

{% endif %}
insert into {{ sync_outcomes }} (
    sync_name, run_id, sync_key, operation, status, attempt_count, reason, payload_hash,
    revision, idempotency_key, permission, consent_recorded_at, recorded_at
)
select
    sync_name, run_id, sync_key, operation, status, attempt_count, reason, payload_hash,
    revision, idempotency_key, permission, consent_recorded_at,
    {{ now }} as recorded_at
from sync_answered;

delete from {{ sync_intents }}
where
    sync_name = {{ sync_name }}
    and run_id = {{ run_id }}
    and batch_position in (
        select batch_position from sync_answers
        where status <> 'failed'
    );

truncate sync_answers;
