{#
    Logs rows that are skipped and were not before, forgets those that are not skipped any more, and
    resolves rejections of rows that call for nothing now. The tables call a skipped row `withheld`.

    Context: run_id, now, and the ledger.
#}
{% set where_newly_skipped %}
where
    operation = 'skipped'
    and not exists (
        select 1
        from {{ sync_withheld }} as earlier
        where
            earlier.sync_name = {{ sync_name }}
            and earlier.sync_key = sync_difference.sync_key
    );
{% endset %}
delete from {{ sync_withheld }}
where
    sync_name = {{ sync_name }}
    and not exists (
        select 1
        from sync_difference
        where
            sync_difference.sync_key = {{ sync_withheld }}.sync_key
            and sync_difference.operation = 'skipped'
            and sync_difference.permission = {{ sync_withheld }}.reason
    );

insert into {{ sync_outcomes }} (
    sync_name, run_id, sync_key, operation, status, attempt_count, reason, payload_hash,
    permission, recorded_at
)
select
    {{ sync_name }} as sync_name,
    {{ run_id }} as run_id,
    sync_key,
    'none' as operation,
    'withheld' as status,
    0 as attempt_count,
    permission as reason,
    payload_hash,
    permission,
    {{ now }} as recorded_at
from sync_difference
{{ where_newly_skipped }}

insert into {{ sync_withheld }} (sync_name, sync_key, reason, run_id, withheld_since)
select
    {{ sync_name }} as sync_name,
    sync_key,
    permission as reason,
    {{ run_id }} as run_id,
    {{ now }} as withheld_since
from sync_difference
{{ where_newly_skipped }}

update {{ sync_rejections }} as rejections
set
    state = 'resolved',
    next_attempt_at = null
where
    rejections.sync_name = {{ sync_name }}
    and rejections.state <> 'resolved'
    and not exists (
        select 1 from sync_difference
        where sync_difference.sync_key = rejections.sync_key
    )
