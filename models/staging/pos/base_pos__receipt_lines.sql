{{ base_config() }}

with

source as (
    {{ staging_source('pos', 'receipt_lines') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('receipt_id') }} as receipt_id,
        {{ to_integer(trimmed('line_number')) }} as line_number,
        {{ trimmed('product_id') }} as product_id,
        {{ to_integer(trimmed('quantity')) }} as quantity,
        {{ to_number(trimmed('unit_price')) }} as unit_price,
        {{ to_number(trimmed('discount_amount')) }} as discount_amount
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key=['receipt_id', 'line_number'], newest_first=none, rules=[
    missing('receipt_id'),
    required('line_number', 'number'),
    missing('product_id'),
    required('quantity', 'number'),
    required('unit_price', 'number'),
    unreadable('discount_amount', 'number'),
    negative('quantity'),
    negative('unit_price'),
]) }}

select * from staged
