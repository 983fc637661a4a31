{{ lists_changed_keys({
    'int_journeys__events': 'min(valid_from_batch)',
    'int_journeys__product_categories': 'min(valid_from_batch)',
    'base_pos__receipt_lines': "greatest(
        min(_staged_batch), max(case when _row_status = 'removed' then _staged_batch end)
    )",
}) }}

-- A line that was removed does not say of which receipt it was, so that all orders are built again.
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

-- Lines may come after their receipt and be corrected without it. `union` drops the repeats.
unioned as (
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
    -- A row without an order says that there was a run, so how far back the list reaches.
    union
    select
        null as channel,
        null as order_id
)

select
    cast({{ current_batch() }} as bigint) as batch,
    case when channel is not null then {{ surrogate_key(['channel', 'order_id']) }} end as order_key,
    channel,
    order_id
from unioned
