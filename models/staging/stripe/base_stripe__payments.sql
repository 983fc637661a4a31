{{ base_config() }}

-- The export has no time of change, so that the newest file wins. Older exports call the creation
-- `Created (UTC)` or `Created`.
with

source as (
    {{ staging_source('stripe', 'payments') }}
),

trimmed_columns as (
    select
        *,
        coalesce(
            {{ trimmed('"Created date (UTC)"') }},
            {{ trimmed('"Created (UTC)"') }},
            {{ trimmed('"Created"') }}
        ) as created_text
    from source
),

typed as (
    select
        {{ landed_columns() }},
        cast(_loaded_at as text) || ' ' || _file as exported_order,
        {{ trimmed('"id"') }} as payment_id,
        {{ trimmed('"Customer ID"') }} as customer_id,
        {{ trimmed('"Invoice ID"') }} as invoice_id,
        {{ trimmed('"order_id (metadata)"') }} as shop_order_id,
        lower({{ trimmed('"Status"') }}) as status,
        {{ to_boolean(trimmed('"Captured"')) }} as is_captured,
        lower({{ trimmed('"Mode"') }}) as mode,
        "Customer Email" as raw_email,
        {{ normalise_email('"Customer Email"') }} as email,
        upper({{ trimmed('"Currency"') }}) as currency,
        cast({{ to_number(trimmed('"Amount"')) }} as numeric(18, 2)) as amount,
        cast({{ to_number(trimmed('"Amount Refunded"')) }} as numeric(18, 2)) as refunded_amount,
        {{ to_timestamp('created_text') }} as created_at,
        {{ to_timestamp(trimmed('"Refunded date (UTC)"')) }} as refunded_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

identified as (
    select
        *,
        {{ canonical_email('email') }} as email_identifier
    from typed
),

{{ staged('identified', key='payment_id', newest_first='exported_order', rules=[
    missing('id', 'payment_id'),
    ["mode like 'test%'", 'Mode is test'],
    ['created_at is null', 'Created date (UTC) is not a timestamp'],
]) }}

select * from staged
