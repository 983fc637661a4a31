{{ config(schema='contacts') }}
{{ incremental_by('visitor', key=['channel', 'device_id']) }}

with

uses as (
    select * from {{ changed('input_devices', key=['channel', 'device_id']) }}
    where observed_at <= {{ as_of() }}
),

events as (
    select
        source_model,
        record_id,
        profile_id
    from {{ changed('events') }}
    where profile_id is not null
),

-- Most events of a device repeat the same token, so group them before ranking.
device_tokens as (
    select
        events.profile_id,
        uses.channel,
        uses.device_id,
        uses.platform,
        uses.push_token,
        min(uses.observed_at) as first_seen_at,
        max(uses.observed_at) as last_seen_at
    from uses
    inner join events
        on uses.source_model = events.source_model and uses.record_id = events.record_id
    group by
        events.profile_id,
        uses.channel,
        uses.device_id,
        uses.platform,
        uses.push_token
),

ranked_tokens as (
    select
        *,
        min(first_seen_at) over use_of_device as device_first_seen_at,
        max(last_seen_at) over use_of_device as device_last_seen_at,
        row_number() over (
            partition by profile_id, channel, device_id
            order by
                case when push_token is null then 1 else 0 end, last_seen_at desc, push_token
        ) as token_number
    from device_tokens
    window use_of_device as (partition by profile_id, channel, device_id)
),

-- If several profiles used the device, a push message reaches the one that used it last.
compared_users as (
    select
        profile_id,
        channel,
        device_id,
        push_token,
        platform,
        row_number() over (
            partition by channel, device_id
            order by device_last_seen_at desc, profile_id
        ) = 1 as is_latest_user,
        device_first_seen_at as first_seen_at,
        device_last_seen_at as last_seen_at
    from ranked_tokens
    where token_number = 1
),

keyed_devices as (
    select
        {{ surrogate_key(['profile_id', 'channel', 'device_id']) }} as profile_device_id,
        *
    from compared_users
)

select * from keyed_devices
