{{ base_config() }}

-- Until its store is known, the time of a receipt is read in the reporting time zone.
{% set receipt_zone = "coalesce(stores.time_zone, '" ~ var('reporting_time_zone') ~ "')" %}

with

source as (
    {{ staging_source('pos', 'receipts', restage=restage_changed_stores()) }}
),

stores as (
    select * from {{ ref('input_stores') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('receipt_id') }} as receipt_id,
        {{ trimmed('store_id') }} as store_id,
        {{ trimmed('till_id') }} as till_id,
        {{ trimmed('loyalty_number') }} as loyalty_number,
        {{ trimmed('card_token') }} as card_token,
        email as raw_email,
        {{ normalise_email('email') }} as email,
        lower({{ trimmed('receipt_type') }}) as receipt_type,
        {{ to_number(trimmed('total_amount')) }} as total_amount,
        upper({{ trimmed('currency') }}) as currency,
        {{ to_timestamp('purchased_at') }} as purchased_at_local
    from source
    {{ optimisation_fence() }}
),

located as (
    select
        typed.*,
        stores.time_zone as store_time_zone,
        {{ canonical_email('typed.email') }} as email_identifier,
        {{ to_utc('typed.purchased_at_local', receipt_zone) }} as purchased_at
    from typed
    left join stores on typed.store_id = stores.store_id
),

{{ staged('located', key='receipt_id', newest_first='purchased_at', rules=[
    missing('receipt_id'),
    required('purchased_at', 'timestamp', 'purchased_at_local'),
]) }}

select * from staged
