{{ base_config() }}

with

source as (
    {{ staging_source('stripe', 'subscriptions') }}
),

typed as (
    select
        {{ landed_columns() }},
        cast(_loaded_at as text) || ' ' || _file as exported_order,
        {{ trimmed('"id"') }} as subscription_id,
        {{ trimmed('"Customer ID"') }} as customer_id,
        "Customer Email" as raw_email,
        {{ normalise_email('"Customer Email"') }} as email,
        {{ trimmed('"Plan"') }} as plan_id,
        lower({{ trimmed('"Status"') }}) as status,
        lower({{ trimmed('"Interval"') }}) as billing_interval,
        upper({{ trimmed('"Currency"') }}) as currency,
        cast({{ to_number(trimmed('"Amount"')) }} as numeric(18, 2)) as amount,
        coalesce(
            {{ to_timestamp(trimmed('"Start Date (UTC)"')) }},
            {{ to_timestamp(trimmed('"Start (UTC)"')) }},
            {{ to_timestamp(trimmed('"Created (UTC)"')) }}
        ) as started_at,
        {{ to_timestamp(trimmed('"Canceled At (UTC)"')) }} as cancelled_at,
        {{ to_timestamp(trimmed('"Ended At (UTC)"')) }} as ended_at
    from source
    {{ optimisation_fence() }}
),

identified as (
    select
        *,
        {{ canonical_email('email') }} as email_identifier
    from typed
),

{{ staged('identified', key='subscription_id', newest_first='exported_order', rules=[
    missing('id', 'subscription_id'),
    ['started_at is null', 'Start Date (UTC) is not a timestamp'],
]) }}

select * from staged
