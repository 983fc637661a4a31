{{ base_config() }}

with

source as (
    {{ staging_source('stripe', 'invoices') }}
),

typed as (
    select
        {{ landed_columns() }},
        cast(_loaded_at as text) || ' ' || _file as exported_order,
        {{ trimmed('"id"') }} as invoice_id,
        {{ trimmed('"Customer"') }} as customer_id,
        {{ trimmed('"Subscription"') }} as subscription_id,
        lower({{ trimmed('"Status"') }}) as status,
        lower({{ trimmed('"Billing"') }}) as collection_method,
        upper({{ trimmed('"Currency"') }}) as currency,
        cast({{ to_number(trimmed('"Total"')) }} as numeric(18, 2)) as amount,
        cast({{ to_number(trimmed('"Amount Paid"')) }} as numeric(18, 2)) as paid_amount,
        {{ to_timestamp(trimmed('"Date (UTC)"')) }} as created_at,
        {{ to_timestamp(trimmed('"Finalized At (UTC)"')) }} as finalised_at,
        {{ to_timestamp(trimmed('"Due Date (UTC)"')) }} as due_at
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='invoice_id', newest_first='exported_order', rules=[
    missing('id', 'invoice_id'),
    ['coalesce(finalised_at, created_at) is null', 'Date (UTC) is not a timestamp'],
]) }}

select * from staged
