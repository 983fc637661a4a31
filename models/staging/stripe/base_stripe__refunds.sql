{{ base_config() }}

with

source as (
    {{ staging_source('stripe', 'refunds') }}
),

typed as (
    select
        {{ landed_columns() }},
        cast(_loaded_at as text) || ' ' || _file as exported_order,
        {{ trimmed('"id"') }} as refund_id,
        {{ trimmed('"Charge"') }} as payment_id,
        lower({{ trimmed('"Status"') }}) as status,
        lower({{ trimmed('"Reason"') }}) as reason,
        upper({{ trimmed('"Currency"') }}) as currency,
        cast({{ to_number(trimmed('"Amount"')) }} as numeric(18, 2)) as amount,
        {{ to_timestamp(trimmed('"Created (UTC)"')) }} as created_at
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='refund_id', newest_first='exported_order', rules=[
    missing('id', 'refund_id'),
    ['created_at is null', 'Created (UTC) is not a timestamp'],
]) }}

select * from staged
