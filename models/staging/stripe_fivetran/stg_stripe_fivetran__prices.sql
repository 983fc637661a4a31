{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_stripe_fivetran__price') }}
),

accepted as (
    select
        price_id,
        product_id,
        currency,
        {{ amount_of_minor_units('unit_amount', 'currency') }} as unit_price,
        billing_interval,
        interval_count,
        unit_amount,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
