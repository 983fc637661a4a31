{#
    Fails for profiles that would exceed frequency_caps with the payload's messages in addition to
    those already sent. A row that was delivered before is not a new message.
#}
{% test is_within_frequency_caps(model, channel, key) %}
    with

    payload as (
        select
            profile_id,
            {{ key }} as sync_key
        from {{ model }}
    ),

    delivered as (
        select distinct sync_key from {{ ref('int_audiences__deliveries') }}
    ),

    messages as (
        select * from {{ ref('int_audiences__messages') }}
    ),

    limits as (
        select * from {{ ref('frequency_caps') }}
        where channel in ('{{ channel }}', 'all')
    ),

    limited_channels as (
        select distinct channel from {{ ref('frequency_caps') }}
    ),

    planned as (
        select
            payload.profile_id,
            count(*) as message_count
        from payload
        left join delivered on payload.sync_key = delivered.sync_key
        where delivered.sync_key is null
        group by payload.profile_id
    )

    select
        planned.profile_id,
        limits.cap_name
    from planned
    cross join limits
    left join messages
        on
            planned.profile_id = messages.profile_id
            and limits.channel in (messages.channel, 'all')
            and messages.channel in (select limited_channels.channel from limited_channels)
            and messages.sent_at <= {{ as_of() }}
            and messages.sent_at > {{ as_of() }} - limits.window_days * interval '1 day'
    group by
        planned.profile_id,
        planned.message_count,
        limits.cap_name,
        limits.message_limit
    having planned.message_count + count(messages.message_key) > limits.message_limit
{% endtest %}
