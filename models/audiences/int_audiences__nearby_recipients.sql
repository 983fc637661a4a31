{{ config(materialized='view') }}

with

nearby as (
    select * from {{ ref('aud_nearby_abandoned_product') }}
),

reachable as (
    select * from {{ ref('int_audiences__reachable') }}
    where audience_name = 'aud_nearby_abandoned_product'
),

ranked_devices as (
    select
        profile_id,
        push_token,
        platform,
        row_number() over (
            partition by profile_id
            order by last_seen_at desc, device_id
        ) as device_number
    from {{ ref('profile_devices') }}
    where push_token is not null and is_latest_user
),

selected_recipients as (
    select
        nearby.profile_id,
        nearby.store_id,
        nearby.store_name,
        nearby.store_time_zone,
        nearby.product_id,
        nearby.product_name,
        nearby.product_url,
        nearby.offer_date,
        nearby.pinged_at,
        {{ nearby_send_until('nearby.pinged_at', 'nearby.store_time_zone') }} as send_until,
        devices.push_token,
        devices.platform
    from nearby
    inner join reachable on nearby.profile_id = reachable.profile_id
    inner join ranked_devices as devices
        on
            nearby.profile_id = devices.profile_id
            and devices.device_number = 1
    -- Quiet hours are in the store's time zone, where the profile is at that time.
    where not {{ is_quiet_hour(as_of(), 'nearby.store_time_zone') }}
)

select * from selected_recipients
