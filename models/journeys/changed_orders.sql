{{ lists_changed_keys({
    'int_journeys__events': 'min(valid_from_batch)',
    'int_journeys__product_categories': 'min(valid_from_batch)',
    'base_pos__receipt_lines': "greatest(
        min(_staged_batch), max(case when _row_status = 'removed' then _staged_batch end)
    )",
}) }}

-- A deleted receipt line no longer names its receipt, so deletions lead to a full build.
with

changed_events as (
    {{ changed_events() }}
),

changed_categories as (
    {{ changed_in_history('int_journeys__product_categories') }}
),

receipt_lines as (
    select * from {{ ref('base_pos__receipt_lines') }}
),

order_lines as (
    select * from {{ ref('int_journeys__reported_order_lines') }}
),

-- Lines may arrive after their receipt and be corrected without it. `union` removes duplicates.
changed_order_ids as (
    select
        channel,
        order_id
    from changed_events
    where event_name in ('order_completed', 'order_returned')
    union
    select
        'pos' as channel,
        receipt_id as order_id
    from receipt_lines
    where _staged_batch > {{ batch_before() }} and receipt_id is not null
    union
    select
        channel,
        order_id
    from order_lines
    where product_id in (select changed_categories.product_id from changed_categories)
    -- One row without an order per run, so that readers know how far back the list goes.
    union
    select
        null as channel,
        null as order_id
)

select
    cast({{ current_batch() }} as bigint) as batch,
    case when channel is not null then {{ surrogate_key(['channel', 'order_id']) }} end
        as order_key,
    channel,
    order_id
from changed_order_ids
