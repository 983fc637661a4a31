{{ base_config() }}

-- One row per line of an order. The first row of an order has the columns of the order itself.
-- Lines have no number of their own and may be equal, so they are numbered within their file.
with

source as (
    {{ staging_source('shopify', 'orders') }}
),

trimmed_columns as (
    select
        *,
        {{ trimmed('"Name"') }} as order_id,
        coalesce({{ trimmed('"Cancelled at"') }}, {{ trimmed('"Canceled at"') }}) as cancelled_text
    from source
),

typed as (
    select
        {{ landed_columns() }},
        order_id,
        row_number() over (partition by _load_id, order_id order by _row_number) as line_number,
        cast(_loaded_at as text) || ' ' || _file as exported_order,
        {{ trimmed('"Id"') }} as shopify_order_id,
        lower({{ trimmed('"Financial Status"') }}) as financial_status,
        {{ trimmed('"Email"') }} as raw_email,
        {{ normalise_email('"Email"') }} as email,
        coalesce({{ trimmed('"Phone"') }}, {{ trimmed('"Billing Phone"') }}) as raw_phone,
        {{ trimmed('"Billing City"') }} as city,
        {{ country_code('"Billing Country"') }} as country,
        upper({{ trimmed('"Currency"') }}) as currency,
        cast({{ to_number(trimmed('"Total"')) }} as numeric(18, 2)) as total_amount,
        cast({{ to_number(trimmed('"Refunded Amount"')) }} as numeric(18, 2)) as refunded_amount,
        {{ trimmed('"Lineitem sku"') }} as product_id,
        {{ trimmed('"Lineitem name"') }} as product_name,
        {{ to_integer(trimmed('"Lineitem quantity"')) }} as quantity,
        cast({{ to_number(trimmed('"Lineitem price"')) }} as numeric(18, 2)) as unit_price,
        cast({{ to_number(trimmed('"Lineitem discount"')) }} as numeric(18, 2)) as discount_amount,
        coalesce({{ to_timestamp('"Created at"') }}, {{ to_timestamp('"Paid at"') }}) as ordered_at,
        {{ to_timestamp('cancelled_text') }} as cancelled_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key=['order_id', 'line_number'], newest_first='exported_order', rules=[
    missing('Name', 'order_id'),
    ['line_number = 1 and ordered_at is null', 'Created at is not a timestamp'],
]) }}

select * from staged
