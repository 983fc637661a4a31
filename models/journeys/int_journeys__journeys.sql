{{ incremental_by('profile') }}

with

steps as (
    select * from {{ changed('int_journeys__journey_steps') }}
),

journey_totals as (
    select
        journey_id,
        profile_id,
        open_until,
        string_agg(marketing_channel, ' > ' order by step_number) as channel_path,
        min(case when step_number = 1 then marketing_channel end) as first_channel,
        count(*) as step_count,
        count(distinct marketing_channel) as channel_count,
        sum(touch_count) as touch_count,
        min(started_at) as first_touched_at,
        max(ended_at) as last_touched_at
    from steps
    group by journey_id, profile_id, open_until
),

last_channels as (
    select
        steps.journey_id,
        steps.marketing_channel as last_channel
    from steps
    inner join journey_totals
        on
            steps.journey_id = journey_totals.journey_id
            and steps.step_number = journey_totals.step_count
),

journeys as (
    select
        journey_totals.*,
        last_channels.last_channel
    from journey_totals
    left join last_channels on journey_totals.journey_id = last_channels.journey_id
)

select * from journeys
