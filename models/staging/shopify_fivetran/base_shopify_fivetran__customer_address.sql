{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'shopify_fivetran', 'customer_address',
        key='id', cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as address_id,
        {{ trimmed('customer_id') }} as customer_id,
        coalesce({{ to_boolean('is_default') }}, false) as is_default,
        phone as raw_phone,
        {{ trimmed('address_1') }} as address_line,
        {{ trimmed('zip') }} as postcode,
        {{ trimmed('city') }} as city,
        {{ country_code('coalesce(country_code, country)') }} as country
    from source
    {{ optimisation_fence() }}
),

reachable as (
    {{ normalise_phone('typed', 'raw_phone', 'country') }}
),

{{ staged('reachable', key='address_id', newest_first='_loaded_at', rules=[
    missing('id', 'address_id'),
]) }}

select * from staged
