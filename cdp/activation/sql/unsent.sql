{#
    Logs rows that are skipped and were not before, forgets those that are not skipped any more, and
    resolves rejections of rows that call for nothing now. The tables call a skipped row `withheld`.

    Context: run_id, now, and the ledger.
#}
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
    sync_name,
    run_id,
    sync_key,
    operation,
    status,
    attempt_count,
    reason,
    payload_hash,
    permission,
    recorded_at
)
select
    {{ sync_name }},
    {{ run_id }},
    sync_key,
    'none',
    'withheld',
    0,
    permission,
    payload_hash,
    permission,
    {{ now }}
from sync_difference
where
    operation = 'skipped'
    and not exists (
        select 1
        from {{ sync_withheld }} as earlier
        where earlier.sync_name = {{ sync_name }} and earlier.sync_key = sync_difference.sync_key
    );

insert into {{ sync_withheld }} (sync_name, sync_key, reason, run_id, withheld_since)
select
    {{ sync_name }},
    sync_key,
    permission,
    {{ run_id }},
    {{ now }}
from sync_difference
where
    operation = 'skipped'
    and not exists (
        select 1
        from {{ sync_withheld }} as earlier
        where earlier.sync_name = {{ sync_name }} and earlier.sync_key = sync_difference.sync_key
    );

update {{ sync_rejections }} as rejections
set
    state = 'resolved',
    next_attempt_at = null
where
    rejections.sync_name = {{ sync_name }}
    and rejections.state <> 'resolved'
    and not exists (
        select 1 from sync_difference where sync_difference.sync_key = rejections.sync_key
    )
