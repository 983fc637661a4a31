{{ by_profile(
    always="journey_status = 'open' and open_until <= as_of()",
    order_key='order_key',
    moment="coalesce(converted_at, timestamp 'infinity')",
) }}

{%- set since = changes_since() -%}

with

conversions as (
    {{ changed_conversions(since) }}
),

steps as (
    select steps.*
    from {{ ref('int_journeys__journey_steps') }} as steps
    {%- if since is not none %}
    left join {{ changed_profiles(since) }} as changes
        on
            steps.profile_id = changes.profile_id
            and coalesce(steps.converted_at, timestamp 'infinity') >= changes.changed_from
    where
        changes.profile_id is not null
        or steps.journey_id in (
            select journey_id from {{ this }}
            where journey_status = 'open' and open_until <= {{ as_of() }}
        )
    {%- endif %}
),

summed as (
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

found_last_channels as (
    select
        steps.journey_id,
        steps.marketing_channel as last_channel
    from steps
    inner join summed
        on
            steps.journey_id = summed.journey_id
            and steps.step_number = summed.step_count
),

-- A conversion without a touch is a journey too, of no channel.
described as (
    select
        coalesce(conversions.order_key, summed.journey_id) as journey_id,
        coalesce(conversions.profile_id, summed.profile_id) as profile_id,
        conversions.order_key,
        {{ journey_status('summed.open_until', as_of()) }} as journey_status,
        conversions.channel as converted_channel,
        summed.channel_path,
        summed.first_channel,
        found_last_channels.last_channel,
        coalesce(summed.step_count, 0) as step_count,
        coalesce(summed.channel_count, 0) as channel_count,
        cast(coalesce(summed.touch_count, 0) as bigint) as touch_count,
        {{ seconds_between('summed.first_touched_at', 'conversions.converted_at') }}
            as seconds_to_convert,
        '{{ var("reporting_currency") }}' as currency,
        cast(conversions.amount as numeric(18, 2)) as amount,
        summed.first_touched_at,
        summed.last_touched_at,
        conversions.converted_at,
        summed.open_until,
        {{ changed_batch() }} as _changed_batch
    from conversions
    full outer join summed on conversions.order_key = summed.journey_id
    left join found_last_channels on summed.journey_id = found_last_channels.journey_id
)

select * from described
