{{ config(materialized='view') }}

with

session_touchpoints as (
    select * from {{ ref('int_journeys__session_touchpoints') }}
),

email_touchpoints as (
    select * from {{ ref('int_journeys__email_touchpoints') }}
),

all_touchpoints as (
    select
        touchpoint_id,
        profile_id,
        session_id,
        campaign_id,
        click_id,
        channel,
        marketing_channel,
        campaign_source,
        campaign_medium,
        campaign_name,
        referrer_host,
        occurred_at
    from session_touchpoints
    union all
    select * from email_touchpoints
)

select * from all_touchpoints
