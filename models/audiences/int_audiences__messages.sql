with

-- Messages before the longest window count towards no cap.
longest_window as (
    select max(window_days) * interval '1 day' as window_length from {{ ref('frequency_caps') }}
),

events as (
    select * from {{ ref('events') }}
    where
        profile_id is not null
        and occurred_at <= {{ as_of() }}
        and occurred_at > {{ as_of() }} - (select longest_window.window_length from longest_window)
),

message_events as (
    select * from {{ ref('message_events') }}
),

deliveries as (
    select * from {{ ref('int_audiences__deliveries') }}
),

list_entries as (
    select * from {{ ref('int_audiences__list_entries') }}
),

offers as (
    {{ earlier_offers() }}
),

redirects as (
    select * from {{ ref('profile_redirects') }}
),

listed_audiences as (
    {{ audience_list() }}
),

-- Leave out campaigns named after an audience or message of ours: their deliveries are counted
-- already.
channel_messages as (
    select
        events.event_id as message_key,
        events.profile_id,
        message_events.channel,
        events.occurred_at as sent_at
    from events
    inner join message_events on events.event_name = message_events.event_name
    left join listed_audiences on events.campaign_id = listed_audiences.audience_name
    left join offers on events.campaign_id = offers.message_id
    where listed_audiences.audience_name is null and offers.message_id is null
),

-- An addition to an audience list counts as a message.
list_additions as (
    select
        {{ surrogate_key(['list_entries.sync_key', 'list_entries.delivered_at']) }} as message_key,
        list_entries.profile_id,
        listed_audiences.channel,
        list_entries.delivered_at as sent_at
    from list_entries
    inner join listed_audiences on list_entries.audience_name = listed_audiences.audience_name
),

sent_offers as (
    select
        {{ surrogate_key(['deliveries.sync_key', 'deliveries.delivered_at']) }} as message_key,
        coalesce(redirects.profile_id, offers.profile_id) as profile_id,
        listed_audiences.channel,
        deliveries.delivered_at as sent_at
    from offers
    inner join deliveries on offers.message_id = deliveries.sync_key
    left join redirects on offers.profile_id = redirects.old_profile_id
    inner join listed_audiences
        on listed_audiences.audience_name = 'aud_nearby_abandoned_product'
),

all_messages as (
    select * from channel_messages
    union all
    select * from list_additions
    union all
    select * from sent_offers
)

select * from all_messages
where sent_at > {{ as_of() }} - (select longest_window.window_length from longest_window)
