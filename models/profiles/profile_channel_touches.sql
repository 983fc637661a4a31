{{ incremental_by('profile') }}

with

touchpoints as (
    select * from {{ changed('int_profiles__touchpoints') }}
    where profile_id is not null
),

numbered_touchpoints as (
    select
        *,
        lag(touchpoint_id) over touches is null as is_first,
        lead(touchpoint_id) over touches is null as is_last
    from touchpoints
    window touches as (
        partition by profile_id, marketing_channel
        order by occurred_at, touchpoint_id
    )
),

channel_totals as (
    select
        {{ surrogate_key(['profile_id', 'marketing_channel']) }} as profile_channel_touch_id,
        profile_id,
        max(case when is_first then touchpoint_id end) as first_touchpoint_id,
        max(case when is_last then touchpoint_id end) as last_touchpoint_id,
        marketing_channel,
        max(case when is_first then campaign_name end) as first_campaign_name,
        max(case when is_last then campaign_name end) as last_campaign_name,
        count(*) as touch_count,
        min(occurred_at) as first_touched_at,
        max(occurred_at) as last_touched_at
    from numbered_touchpoints
    group by profile_id, marketing_channel
)

select * from channel_totals
