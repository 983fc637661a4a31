{{ incremental_by('profile') }}

with

touchpoints as (
    select * from {{ changed('touchpoints') }}
),

credited_touchpoints as (
    select distinct touchpoint_id
    from {{ changed('int_journeys__conversion_touchpoints') }}
),

unconverted_touchpoints as (
    select
        touchpoints.touchpoint_id,
        touchpoints.profile_id,
        touchpoints.marketing_channel,
        touchpoints.occurred_at as touched_at,
        lag(touchpoints.occurred_at) over (
            partition by touchpoints.profile_id
            order by touchpoints.occurred_at, touchpoints.touchpoint_id
        ) as previous_at
    from touchpoints
    left join credited_touchpoints on touchpoints.touchpoint_id = credited_touchpoints.touchpoint_id
    where
        credited_touchpoints.touchpoint_id is null
        and touchpoints.profile_id is not null
        and touchpoints.occurred_at <= {{ as_of() }}
),

numbered_journeys as (
    select
        *,
        sum(
            case
                when
                    touched_at
                    <= previous_at + interval '{{ var("attribution_lookback_days") }} days'
                    then 0
                else 1
            end
        ) over (
            partition by profile_id
            order by touched_at, touchpoint_id
            rows between unbounded preceding and current row
        ) as journey_number
    from unconverted_touchpoints
),

named_journeys as (
    select
        {{ surrogate_key(['profile_id', 'first_value(touchpoint_id) over journey']) }}
            as journey_id,
        touchpoint_id,
        profile_id,
        marketing_channel,
        row_number() over journey as touch_number,
        max(touched_at) over (partition by profile_id, journey_number)
        + interval '{{ var("attribution_lookback_days") }} days' as open_until,
        touched_at
    from numbered_journeys
    window
        journey as (
            partition by profile_id, journey_number
            order by touched_at, touchpoint_id
        )
)

select * from named_journeys
