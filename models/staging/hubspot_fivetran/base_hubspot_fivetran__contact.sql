{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'hubspot_fivetran', 'contact', key='id',
        cursor='_fivetran_synced', deleted='_fivetran_deleted'
    ) }}
),

trimmed_columns as (
    select
        *,
        {{ trimmed('"property_hs_email_optout"') }} as opt_out_of_all
    from source
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"id"') }} as contact_id,
        {{ trimmed('"property_firstname"') }} as first_name,
        {{ trimmed('"property_lastname"') }} as last_name,
        {{ trimmed('"property_email"') }} as raw_email,
        {{ normalise_email('"property_email"') }} as email,
        coalesce({{ trimmed('"property_mobilephone"') }}, {{ trimmed('"property_phone"') }})
            as raw_phone,
        {{ trimmed('"property_address"') }} as address_line,
        {{ trimmed('"property_zip"') }} as postcode,
        {{ trimmed('"property_city"') }} as city,
        {{ country_code('"property_country"') }} as country,
        {{ to_date(trimmed('"property_date_of_birth"')) }} as birth_date,
        {{ trimmed('"property_lifecyclestage"') }} as lifecycle_stage,
        opt_out_of_all is not null and coalesce({{ to_boolean('opt_out_of_all') }}, true)
            as has_opted_out,
        {{ trimmed('"property_hs_email_hard_bounce_reason_enum"') }} as bounce_reason,
        {{ trimmed('"property_hs_additional_emails"') }} as additional_emails,
        {{ trimmed('"property_hs_merged_object_ids"') }} as merged_contact_ids,
        {{ to_timestamp('"property_createdate"') }} as created_at,
        coalesce({{ to_timestamp('"property_lastmodifieddate"') }}, _loaded_at) as updated_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key='contact_id', newest_first='_loaded_at', rules=[
    missing('id', 'contact_id'),
]) }}

select * from staged
