{{ config(enabled=connector_is_on()) }}

with

events as (
    select * from {{ ref('stg_web__events') }}
),

parsed as (
    select
        event_id,
        order_id,
        occurred_at,
        _staged_batch,
        {{ parse_json('properties') }} as parsed_properties
    from events
    where event_name = 'order_completed'
),

unnested as (
    select
        event_id,
        order_id,
        occurred_at,
        _staged_batch,
        {{ json_elements('parsed_properties', ['products']) }}
    from parsed
),

unpacked as (
    select
        *,
        {{ json_fields('element', {
            'product_text': 'product_id',
            'quantity_text': 'quantity',
            'price_text': 'price',
        }) }}
    from unnested
),

typed as (
    select
        {{ surrogate_key(['event_id', 'element_number']) }} as order_line_id,
        event_id,
        order_id,
        cast(element_number as bigint) as line_number,
        {{ trimmed('product_text') }} as product_id,
        {{ to_integer('quantity_text') }} as quantity,
        {{ to_number('price_text') }} as unit_price,
        occurred_at,
        _staged_batch
    from unpacked
)

select * from typed
