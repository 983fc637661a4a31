{%- set complete_since = {
    'int_journeys__events': 'min(valid_from_batch)',
    'int_journeys__product_categories': 'min(valid_from_batch)',
} %}
{#- A deleted line no longer names its order, so deletions lead to a full build. #}
{%- for base in bases_of_lines_alone() -%}
    {% do complete_since.update({base: "greatest(
        min(_staged_batch), max(case when _row_status = 'removed' then _staged_batch end)
    )"}) %}
{%- endfor -%}
{{ lists_changed_keys(complete_since) }}

with

changed_events as (
    {{ changed_events() }}
),

changed_categories as (
    {{ changed_in_history('int_journeys__product_categories') }}
),

order_lines as (
    select * from {{ ref('input_order_lines') }}
),

-- Lines may arrive after their order and be corrected without it. `union` removes duplicates.
changed_order_ids as (
    select
        channel,
        order_id
    from changed_events
    where event_name in ('order_completed', 'order_returned')
    union
    select
        channel,
        order_id
    from order_lines
    where _staged_batch > {{ batch_before() }}
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
