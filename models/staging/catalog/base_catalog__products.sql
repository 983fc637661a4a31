{{ base_config() }}

with

source as (
    {{ staging_source('catalog', 'products') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('product_id') }} as product_id,
        {{ trimmed('product_name') }} as product_name,
        lower({{ trimmed('category') }}) as category,
        {{ trimmed('brand') }} as brand,
        {{ to_number(trimmed('price')) }} as price,
        {{ to_number(trimmed('cost')) }} as cost,
        upper({{ trimmed('currency') }}) as currency,
        {{ trimmed('product_url') }} as product_url,
        {{ to_timestamp('updated_at') }} as updated_at
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='product_id', newest_first='updated_at', rules=[
    missing('product_id'),
    required('updated_at', 'timestamp'),
    unreadable('price', 'number'),
    unreadable('cost', 'number'),
    negative('price'),
]) }}

select * from staged
