{{ incremental_by('profile') }}

with

channel_touches as (
    select * from {{ changed('profile_channel_touches') }}
),

ranked_channels as (
    select
        *,
        row_number() over (
            partition by profile_id order by first_touched_at, first_touchpoint_id
        ) as place_from_first,
        row_number() over (
            partition by profile_id order by last_touched_at desc, last_touchpoint_id desc
        ) as place_from_last
    from channel_touches
),

touchpoint_totals as (
    select
        profile_id,
        max(case when place_from_first = 1 then marketing_channel end) as first_touch_channel,
        max(case when place_from_last = 1 then marketing_channel end) as last_touch_channel,
        max(case when place_from_first = 1 then first_campaign_name end)
            as first_touch_campaign_name,
        max(case when place_from_last = 1 then last_campaign_name end) as last_touch_campaign_name,
        cast(sum(touch_count) as bigint) as touch_count,
        min(first_touched_at) as first_touched_at,
        max(last_touched_at) as last_touched_at
    from ranked_channels
    group by profile_id
)

select * from touchpoint_totals
