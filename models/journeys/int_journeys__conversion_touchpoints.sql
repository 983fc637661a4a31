{{ incremental_by('profile') }}

with

conversions as (
    select * from {{ changed('int_journeys__conversions') }}
),

touchpoints as (
    select * from {{ changed('touchpoints') }}
),

preceding_touchpoints as (
    select
        conversions.order_key,
        touchpoints.touchpoint_id,
        conversions.profile_id,
        touchpoints.marketing_channel,
        conversions.converted_at,
        touchpoints.occurred_at as touched_at
    from conversions
    inner join touchpoints
        on
            conversions.profile_id = touchpoints.profile_id
            and {{ leads_to_conversion(
                'touchpoints.occurred_at', 'conversions.converted_at',
                'conversions.previous_converted_at'
            ) }}
),

numbered_touchpoints as (
    select
        order_key,
        touchpoint_id,
        profile_id,
        marketing_channel,
        row_number() over (
            partition by order_key order by touched_at, touchpoint_id
        ) as touch_number,
        count(*) over (partition by order_key) as touch_count,
        touched_at,
        converted_at
    from preceding_touchpoints
)

select * from numbered_touchpoints
