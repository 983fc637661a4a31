{{ base_config() }}

with

source as (
    {{ staging_source('crm', 'contacts') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('contact_id') }} as contact_id,
        {{ trimmed('account_id') }} as account_id,
        email as raw_email,
        {{ normalise_email('email') }} as email,
        phone as raw_phone,
        {{ trimmed('first_name') }} as first_name,
        {{ trimmed('last_name') }} as last_name,
        {{ to_date(trimmed('birth_date')) }} as birth_date,
        {{ trimmed('address_line') }} as address_line,
        {{ trimmed('postcode') }} as postcode,
        {{ trimmed('city') }} as city,
        upper({{ trimmed('country') }}) as country,
        {{ trimmed('loyalty_number') }} as loyalty_number,
        lower({{ trimmed('preferred_language') }}) as preferred_language,
        {{ to_boolean(trimmed('is_deleted')) }} as is_deleted,
        {{ to_timestamp('created_at') }} as created_at,
        {{ to_timestamp('updated_at') }} as updated_at
    from source
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged(
    'identified', key=['contact_id', 'updated_at'], newest_first='updated_at', rules=[
        missing('contact_id'),
        required('updated_at', 'timestamp'),
        unreadable('created_at', 'timestamp'),
        unreadable('birth_date', 'date'),
        required('is_deleted', 'boolean'),
    ]
) }}

select * from staged
