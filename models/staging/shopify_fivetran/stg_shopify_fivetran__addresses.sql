{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_shopify_fivetran__customer_address') }}
),

accepted as (
    select
        address_id,
        customer_id,
        is_default,
        phone,
        address_line,
        postcode,
        city,
        country,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
