{{ base_config() }}

-- An answer to an opt-out that is not plainly no counts as an opt-out.
with

source as (
    {{ staging_source('hubspot', 'contacts') }}
),

trimmed_columns as (
    select
        *,
        {{ trimmed('"Unsubscribed from all email"') }} as opt_out_of_all,
        {{ trimmed('"Opted out of email: ' ~ var('hubspot_marketing_subscription') ~ '"') }}
            as opt_out_of_marketing
    from source
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"Record ID"') }} as contact_id,
        {{ trimmed('"First Name"') }} as first_name,
        {{ trimmed('"Last Name"') }} as last_name,
        {{ trimmed('"Email"') }} as raw_email,
        {{ normalise_email('"Email"') }} as email,
        coalesce({{ trimmed('"Mobile Phone Number"') }}, {{ trimmed('"Phone Number"') }})
            as raw_phone,
        {{ trimmed('"Street Address"') }} as address_line,
        {{ trimmed('"Postal Code"') }} as postcode,
        {{ trimmed('"City"') }} as city,
        {{ country_code('"Country/Region"') }} as country,
        {{ to_date(trimmed('"Date of birth"')) }} as birth_date,
        {{ trimmed('"Lifecycle Stage"') }} as lifecycle_stage,
        opt_out_of_all is not null and coalesce({{ to_boolean('opt_out_of_all') }}, true)
        or opt_out_of_marketing is not null
        and coalesce({{ to_boolean('opt_out_of_marketing') }}, true) as has_opted_out,
        lower({{ trimmed('"Legal basis for processing contact\'s data"') }}) as legal_basis,
        {{ trimmed('"Email hard bounce reason"') }} as bounce_reason,
        {{ trimmed('"Additional email addresses"') }} as additional_emails,
        {{ trimmed('"Merged Contact IDs"') }} as merged_contact_ids,
        {{ to_timestamp(trimmed('"Create Date"')) }} as created_at,
        coalesce({{ to_timestamp(trimmed('"Last Modified Date"')) }}, _loaded_at) as updated_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key='contact_id', newest_first='updated_at', rules=[
    missing('Record ID', 'contact_id'),
]) }}

select * from staged
