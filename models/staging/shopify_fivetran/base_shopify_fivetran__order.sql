{{ base_config(in_place=true) }}

-- Amounts are in the currency of the shop. Columns of both schemas of Fivetran are read, first of
-- the present one, which is made from Shopify's GraphQL API.
with

source as (
    {{ warehouse_source(
        'shopify_fivetran', 'order',
        key='id', cursor='_fivetran_synced', deleted='_fivetran_deleted'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as order_id,
        {{ trimmed('name') }} as order_name,
        {{ trimmed('customer_id') }} as customer_id,
        lower({{ trimmed('coalesce(display_financial_status, financial_status)') }})
            as financial_status,
        email as raw_email,
        {{ normalise_email('email') }} as email,
        billing_address_phone as raw_phone,
        {{ trimmed('billing_address_first_name') }} as first_name,
        {{ trimmed('billing_address_last_name') }} as last_name,
        {{ trimmed('billing_address_address_1') }} as address_line,
        {{ trimmed('billing_address_zip') }} as postcode,
        {{ trimmed('billing_address_city') }} as city,
        {{ country_code('coalesce(billing_address_country_code, billing_address_country)') }}
            as country,
        upper(coalesce(
            {{ trimmed('total_price_set_shop_currency_code') }},
            {{ trimmed('currency_code') }},
            {{ trimmed('currency') }}
        )) as currency,
        {{ to_number('coalesce(total_price_set_shop_amount, total_price)') }} as total_amount,
        {{ to_boolean('test') }} as is_test,
        coalesce({{ to_timestamp('processed_at') }}, {{ to_timestamp('created_at') }})
            as ordered_at,
        {{ to_timestamp('cancelled_at') }} as cancelled_at
    from source
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key='order_id', newest_first='_loaded_at', rules=[
    missing('id', 'order_id'),
    ['ordered_at is null', 'created_at and processed_at are missing'],
]) }}

select * from staged
