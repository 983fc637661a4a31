{#
    A page of the rows to send, in order, as their intents say. A row that is removed has no values.

    Context: first_position, last_position, run_id, row_json and column_without_json (SQL over the
    values of `page`, see serialisation.py), and the ledger.
#}
select
    page.batch_position,
    case
        when page.operation not in ('delete', 'merge') then {{ column_without_json }}
    end as column_without_json,
    case when page.operation not in ('delete', 'merge') then page.send_until end as send_until,
    intents.sync_key,
    intents.operation,
    case
        when page.operation in ('delete', 'merge') then '{}'
        else {{ row_json }}
    end as values_json,
    intents.idempotency_key, intents.revision, page.receiver_id, page.into_key,
    page.into_receiver_id
from {{ sync_intents }} as intents
inner join sync_difference as page on intents.batch_position = page.batch_position
where
    intents.sync_name = {{ sync_name }}
    and intents.run_id = {{ run_id }}
    -- Said of both, so that each table is read by its own index.
    and intents.batch_position between {{ first_position }} and {{ last_position }}
    and page.batch_position between {{ first_position }} and {{ last_position }}
    and page.operation in ('insert', 'update', 'delete', 'merge')
order by page.batch_position
