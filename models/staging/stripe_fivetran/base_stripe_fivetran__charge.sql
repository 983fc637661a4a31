{{ base_config(in_place=true) }}

-- A guest has no customer; the receipt and the billing details name the person.
with

source as (
    {{ warehouse_source(
        'stripe_fivetran', 'charge', key='id', cursor='_fivetran_synced', json_columns=['metadata']
    ) }}
),

trimmed_columns as (
    select
        *,
        coalesce(
            {{ trimmed('receipt_email') }}, {{ trimmed('billing_detail_email') }}
        ) as email_text,
        {{ trimmed('billing_detail_name') }} as full_name,
        {{ country_code('billing_detail_address_country') }} as country,
        upper({{ trimmed('currency') }}) as currency_code
    from source
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as payment_id,
        {{ trimmed('customer_id') }} as customer_id,
        {{ trimmed('invoice_id') }} as invoice_id,
        {{ json_fields('parsed_metadata', {'shop_order_id': 'order_id'}) }},
        lower({{ trimmed('status') }}) as status,
        {{ to_boolean('captured') }} as is_captured,
        {{ to_boolean('livemode') }} as is_live,
        email_text as raw_email,
        {{ normalise_email('email_text') }} as email,
        {{ trimmed('billing_detail_phone') }} as raw_phone,
        {{ first_name_of('full_name') }} as first_name,
        {{ last_name_of('full_name') }} as last_name,
        {{ trimmed('billing_detail_address_line1') }} as address_line,
        {{ trimmed('billing_detail_address_postal_code') }} as postcode,
        {{ trimmed('billing_detail_address_city') }} as city,
        country,
        currency_code as currency,
        {{ amount_of_minor_units(to_integer('amount'), 'currency_code') }} as amount,
        {{ amount_of_minor_units(to_integer('amount_refunded'), 'currency_code') }}
            as refunded_amount,
        {{ to_timestamp('created') }} as created_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key='payment_id', newest_first='_loaded_at', rules=[
    missing('id', 'payment_id'),
    ['not is_live', 'livemode is false'],
    ['created_at is null', 'created is missing'],
]) }}

select * from staged
