{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_app__events') }}
),

accepted as (
    select
        event_id,
        device_id,
        account_id,
        push_token,
        event_name,
        product_id,
        order_id,
        campaign_id,
        quantity,
        amount,
        currency,
        platform,
        app_version,
        cast(latitude as double precision) as latitude,
        cast(longitude as double precision) as longitude,
        cast(accuracy_metres as double precision) as accuracy_metres,
        properties,
        occurred_at,
        received_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
