{{ incremental_by('profile') }}

with

conversion_touchpoints as (
    select * from {{ changed('int_journeys__conversion_touchpoints') }}
),

unconverted_touchpoints as (
    select * from {{ changed('int_journeys__unconverted_touchpoints') }}
),

all_touchpoints as (
    select
        order_key as journey_id,
        cast(null as timestamp) as open_until,
        converted_at,
        profile_id,
        touchpoint_id,
        marketing_channel,
        touch_number,
        touched_at
    from conversion_touchpoints
    union all
    select
        journey_id,
        open_until,
        cast(null as timestamp) as converted_at,
        profile_id,
        touchpoint_id,
        marketing_channel,
        touch_number,
        touched_at
    from unconverted_touchpoints
),

compared_with_previous as (
    select
        *,
        lag(marketing_channel) over (
            partition by journey_id order by touch_number
        ) as previous_channel
    from all_touchpoints
),

-- Consecutive touchpoints of one channel form one step of the path.
numbered_steps as (
    select
        *,
        sum(case when marketing_channel = previous_channel then 0 else 1 end) over (
            partition by journey_id
            order by touch_number
            rows between unbounded preceding and current row
        ) as step_number
    from compared_with_previous
),

path_steps as (
    select
        journey_id,
        profile_id,
        open_until,
        converted_at,
        marketing_channel,
        cast(step_number as bigint) as step_number,
        count(*) as touch_count,
        min(touched_at) as started_at,
        max(touched_at) as ended_at
    from numbered_steps
    group by journey_id, profile_id, open_until, converted_at, marketing_channel, step_number
)

select * from path_steps
