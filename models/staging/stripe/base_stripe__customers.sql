{{ base_config() }}

-- A customer has one name. Metadata key user_id, if the company sets it, is the shop's account.
with

source as (
    {{ staging_source('stripe', 'customers') }}
),

trimmed_columns as (
    select
        *,
        {{ trimmed('"Name"') }} as full_name,
        {{ country_code('"Address Country"') }} as country
    from source
),

typed as (
    select
        {{ landed_columns() }},
        cast(_loaded_at as text) || ' ' || _file as exported_order,
        {{ trimmed('"id"') }} as customer_id,
        {{ trimmed('"user_id (metadata)"') }} as account_id,
        {{ first_name_of('full_name') }} as first_name,
        {{ last_name_of('full_name') }} as last_name,
        {{ trimmed('"Email"') }} as raw_email,
        {{ normalise_email('"Email"') }} as email,
        {{ trimmed('"Phone"') }} as raw_phone,
        {{ trimmed('"Address Line1"') }} as address_line,
        {{ trimmed('"Address Postal Code"') }} as postcode,
        {{ trimmed('"Address City"') }} as city,
        country,
        {{ to_timestamp('"Created (UTC)"') }} as created_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key='customer_id', newest_first='exported_order', rules=[
    missing('id', 'customer_id'),
]) }}

select * from staged
