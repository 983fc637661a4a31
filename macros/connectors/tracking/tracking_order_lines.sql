{# Lines of orders, from the newest call that has any, and of refunds. #}
{% macro tracking_order_lines(connector) -%}
with

{{ tracking_order_calls(connector) }},

-- A refund that has neither amount nor products has the lines of its order.
documents as (
    select
        tracked_order_id as order_id,
        event_id as lines_event_id,
        occurred_at,
        newest_batch
    from order_calls
    where event_id = lines_event_id
    union all
    select
        event_id as order_id,
        case when products is not null then event_id when amount is null then lines_event_id end
            as lines_event_id,
        occurred_at,
        newest_batch
    from order_calls
    where is_refund
),

parsed as (
    select
        documents.order_id,
        documents.occurred_at,
        documents.newest_batch,
        {{ parse_json("'{\"products\":' || order_calls.products || '}'") }} as parsed_lines
    from documents
    inner join order_calls on documents.lines_event_id = order_calls.event_id
    {{ optimisation_fence() }}
),

unnested as (
    select
        order_id,
        occurred_at,
        newest_batch,
        {{ json_elements('parsed_lines', ['products']) }}
    from parsed
),

unpacked as (
    select
        *,
        {{ json_fields('element', {
            'product_id_text': 'product_id',
            'sku': 'sku',
            'quantity_text': 'quantity',
            'price_text': 'price',
        }) }}
    from unnested
),

lines as (
    select
        {{ surrogate_key(['order_id', 'element_number']) }} as order_line_id,
        order_id,
        cast(element_number as bigint) as line_number,
        {{ tracked_product_id('sku', 'product_id_text') }} as product_id,
        case when quantity_text is null then 1 else {{ to_integer('quantity_text') }} end as quantity,
        cast({{ to_number('price_text') }} as numeric(18, 2)) as unit_price,
        occurred_at,
        newest_batch as _staged_batch
    from unpacked
)

select * from lines
{%- endmacro %}
