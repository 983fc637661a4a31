{{ config(schema='contacts') }}
{{ incremental_by('visitor', key=["'app'", 'device_id']) }}

with

app_events as (
    select * from {{ changed('stg_app__events', key=["'app'", 'device_id']) }}
    where device_id is not null and occurred_at <= {{ as_of() }}
),

events as (
    select
        record_id,
        profile_id
    from {{ changed('events') }}
    where source_model = 'stg_app__events' and profile_id is not null
),

-- Most events of a device repeat the same token, so group them before ranking.
device_tokens as (
    select
        events.profile_id,
        app_events.device_id,
        app_events.platform,
        app_events.push_token,
        min(app_events.occurred_at) as first_seen_at,
        max(app_events.occurred_at) as last_seen_at
    from app_events
    inner join events on app_events.event_id = events.record_id
    group by
        events.profile_id,
        app_events.device_id,
        app_events.platform,
        app_events.push_token
),

ranked_tokens as (
    select
        *,
        min(first_seen_at) over use_of_device as device_first_seen_at,
        max(last_seen_at) over use_of_device as device_last_seen_at,
        row_number() over (
            partition by profile_id, device_id
            order by
                case when push_token is null then 1 else 0 end, last_seen_at desc, push_token
        ) as token_number
    from device_tokens
    window use_of_device as (partition by profile_id, device_id)
),

-- If several profiles used the device, a push message reaches the one that used it last.
compared_users as (
    select
        profile_id,
        device_id,
        push_token,
        platform,
        row_number() over (
            partition by device_id
            order by device_last_seen_at desc, profile_id
        ) = 1 as is_latest_user,
        device_first_seen_at as first_seen_at,
        device_last_seen_at as last_seen_at
    from ranked_tokens
    where token_number = 1
),

keyed_devices as (
    select
        {{ surrogate_key(['profile_id', 'device_id']) }} as profile_device_id,
        *
    from compared_users
)

select * from keyed_devices
