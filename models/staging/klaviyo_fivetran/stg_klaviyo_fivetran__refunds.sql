{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_klaviyo_fivetran__event') }}
),

accepted as (
    select
        event_id as return_id,
        order_id,
        profile_id,
        currency,
        abs(amount) as amount,
        items,
        occurred_at as refunded_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted' and event_name = 'order_returned'
)

select * from accepted
