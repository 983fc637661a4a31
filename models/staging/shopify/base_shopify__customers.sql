{{ base_config() }}

-- Shopify writes an apostrophe before ids, postcodes and phone numbers.
with

source as (
    {{ staging_source('shopify', 'customers') }}
),

trimmed_columns as (
    select
        *,
        ltrim({{ trimmed('"Customer ID"') }}, '''') as trimmed_id,
        nullif(ltrim({{ trimmed('"Phone"') }}, ''''), '') as own_phone,
        nullif(ltrim({{ trimmed('"Default Address Phone"') }}, ''''), '') as address_phone
    from source
),

typed as (
    select
        {{ landed_columns() }},
        cast(_loaded_at as text) || ' ' || _file as exported_order,
        coalesce(trimmed_id, lower({{ trimmed('"Email"') }}), own_phone) as customer_id,
        {{ trimmed('"First Name"') }} as first_name,
        {{ trimmed('"Last Name"') }} as last_name,
        {{ trimmed('"Email"') }} as raw_email,
        {{ normalise_email('"Email"') }} as email,
        coalesce(own_phone, address_phone) as raw_phone,
        own_phone is not null as has_own_phone,
        {{ trimmed('"Default Address Address1"') }} as address_line,
        ltrim({{ trimmed('"Default Address Zip"') }}, '''') as postcode,
        {{ trimmed('"Default Address City"') }} as city,
        {{ country_code('"Default Address Country Code"') }} as country,
        lower({{ trimmed('"Accepts Email Marketing"') }}) as accepts_email,
        lower({{ trimmed('"Accepts SMS Marketing"') }}) as accepts_sms,
        {{ trimmed('"Tags"') }} as tags
    from trimmed_columns
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key='customer_id', newest_first='exported_order', rules=[
    missing('Customer ID', 'customer_id'),
]) }}

select * from staged
