{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'stripe_fivetran', 'customer', key='id', cursor='_fivetran_synced', deleted='is_deleted',
        json_columns=['metadata']
    ) }}
),

trimmed_columns as (
    select
        *,
        {{ trimmed('name') }} as full_name,
        {{ country_code('address_country') }} as country
    from source
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('id') }} as customer_id,
        {{ json_fields('parsed_metadata', {'account_id': 'user_id'}) }},
        {{ first_name_of('full_name') }} as first_name,
        {{ last_name_of('full_name') }} as last_name,
        email as raw_email,
        {{ normalise_email('email') }} as email,
        {{ trimmed('phone') }} as raw_phone,
        {{ trimmed('address_line_1') }} as address_line,
        {{ trimmed('address_postal_code') }} as postcode,
        {{ trimmed('address_city') }} as city,
        country,
        {{ to_boolean('livemode') }} as is_live,
        {{ to_timestamp('created') }} as created_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key='customer_id', newest_first='_loaded_at', rules=[
    missing('id', 'customer_id'),
    ['not is_live', 'livemode is false'],
]) }}

select * from staged
