{{ base_config() }}

with

source as (
    {{ staging_source('loyalty', 'members') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('loyalty_number') }} as loyalty_number,
        email as raw_email,
        {{ normalise_email('email') }} as email,
        phone as raw_phone,
        {{ trimmed('first_name') }} as first_name,
        {{ trimmed('last_name') }} as last_name,
        {{ to_date(trimmed('birth_date')) }} as birth_date,
        {{ trimmed('postcode') }} as postcode,
        upper({{ trimmed('country') }}) as country,
        lower({{ trimmed('tier') }}) as tier,
        {{ to_integer(trimmed('points_balance')) }} as points_balance,
        {{ trimmed('home_store_id') }} as home_store_id,
        {{ to_date(trimmed('joined_at')) }} as joined_date,
        {{ to_timestamp('updated_at') }} as updated_at
    from source
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged(
    'identified', key=['loyalty_number', 'updated_at'], newest_first='updated_at', rules=[
        missing('loyalty_number'),
        required('updated_at', 'timestamp'),
        unreadable('joined_at', 'date', 'joined_date'),
        unreadable('birth_date', 'date'),
        unreadable('points_balance', 'number'),
    ]
) }}

select * from staged
