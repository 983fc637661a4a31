with

messages as (
    select * from {{ ref('int_audiences__messages') }}
),

frequency_caps as (
    select * from {{ ref('frequency_caps') }}
),

people as (
    select distinct
        profile_id,
        channel
    from {{ ref('int_audiences__members') }}
),

counted as (
    select
        people.profile_id,
        people.channel,
        frequency_caps.cap_name,
        frequency_caps.message_limit,
        count(messages.message_key) as sent_count
    from people
    inner join frequency_caps on people.channel = frequency_caps.channel
    left join messages
        on
            people.profile_id = messages.profile_id
            and people.channel = messages.channel
            and messages.sent_at <= {{ as_of() }}
            and messages.sent_at
            > {{ as_of() }} - frequency_caps.window_days * interval '1 day'
    group by
        people.profile_id,
        people.channel,
        frequency_caps.cap_name,
        frequency_caps.message_limit
),

-- All limits of a channel hold, so the narrowest decides.
narrowed as (
    select
        profile_id,
        channel,
        min(greatest(message_limit - sent_count, 0)) as allowance_count
    from counted
    group by
        profile_id,
        channel
)

select * from narrowed
