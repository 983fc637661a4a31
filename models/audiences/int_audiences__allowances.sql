with

messages as (
    select * from {{ ref('int_audiences__messages') }}
),

frequency_caps as (
    select * from {{ ref('frequency_caps') }}
),

limited_channels as (
    select distinct channel from frequency_caps
    where channel <> 'all'
),

people as (
    select distinct
        profile_id,
        channel
    from {{ ref('int_audiences__members') }}
    where channel in (select limited_channels.channel from limited_channels)
),

counted as (
    select
        people.profile_id,
        people.channel,
        frequency_caps.cap_name,
        frequency_caps.channel as cap_channel,
        frequency_caps.message_limit,
        count(messages.message_key) as sent_count
    from people
    inner join frequency_caps on frequency_caps.channel in (people.channel, 'all')
    left join messages
        on
            people.profile_id = messages.profile_id
            and frequency_caps.channel in (messages.channel, 'all')
            and messages.channel in (select limited_channels.channel from limited_channels)
            and messages.sent_at <= {{ as_of() }}
            and messages.sent_at
            > {{ as_of() }} - frequency_caps.window_days * interval '1 day'
    group by
        people.profile_id,
        people.channel,
        frequency_caps.cap_name,
        frequency_caps.channel,
        frequency_caps.message_limit
),

left_over as (
    select
        profile_id,
        channel,
        cap_channel,
        greatest(message_limit - sent_count, 0) as left_count
    from counted
),

-- All caps apply, so the strictest one decides, per channel and across channels.
narrowed as (
    select
        profile_id,
        channel,
        min(case when cap_channel <> 'all' then left_count end) as allowance_count,
        min(case when cap_channel = 'all' then left_count end) as total_allowance_count
    from left_over
    group by
        profile_id,
        channel
)

select * from narrowed
