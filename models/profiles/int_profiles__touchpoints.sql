{{ config(materialized='view') }}

with

touchpoints as (
    select * from {{ ref('touchpoints') }}
    where occurred_at <= {{ as_of() }}
),

open_sessions as (
    select
        session_id,
        profile_id
    from {{ ref('int_profiles__sessions') }}
    where is_open
),

-- A later login may still assign an open session to another profile. An email click is a touchpoint
-- of its own only once the time for a session to follow has passed.
attributed_touchpoints as (
    select
        touchpoints.touchpoint_id,
        case
            when open_sessions.session_id is null then touchpoints.profile_id
            else open_sessions.profile_id
        end as profile_id,
        touchpoints.marketing_channel,
        touchpoints.campaign_name,
        touchpoints.occurred_at
    from touchpoints
    left join open_sessions on touchpoints.session_id = open_sessions.session_id
    where
        touchpoints.session_id is not null
        or touchpoints.occurred_at
        <= {{ as_of() }} - interval '{{ var("session_timeout_minutes") }} minutes'
)

select * from attributed_touchpoints
