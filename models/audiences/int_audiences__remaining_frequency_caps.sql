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

capped_members as (
    select distinct
        profile_id,
        channel
    from {{ ref('int_audiences__members') }}
    where channel in (select limited_channels.channel from limited_channels)
),

messages_per_cap as (
    select
        capped_members.profile_id,
        capped_members.channel,
        frequency_caps.cap_name,
        frequency_caps.channel as cap_channel,
        frequency_caps.message_limit,
        count(messages.message_key) as sent_count
    from capped_members
    inner join frequency_caps on frequency_caps.channel in (capped_members.channel, 'all')
    left join messages
        on
            capped_members.profile_id = messages.profile_id
            and frequency_caps.channel in (messages.channel, 'all')
            and messages.channel in (select limited_channels.channel from limited_channels)
            and messages.sent_at <= {{ as_of() }}
            and messages.sent_at
            > {{ as_of() }} - frequency_caps.window_days * interval '1 day'
    group by
        capped_members.profile_id,
        capped_members.channel,
        frequency_caps.cap_name,
        frequency_caps.channel,
        frequency_caps.message_limit
),

remaining_per_cap as (
    select
        profile_id,
        channel,
        cap_channel,
        greatest(message_limit - sent_count, 0) as remaining_count
    from messages_per_cap
),

-- All caps apply, so the strictest one decides, per channel and across channels.
strictest_caps as (
    select
        profile_id,
        channel,
        min(case when cap_channel <> 'all' then remaining_count end) as remaining_count,
        min(case when cap_channel = 'all' then remaining_count end) as total_remaining_count
    from remaining_per_cap
    group by
        profile_id,
        channel
)

select * from strictest_caps
