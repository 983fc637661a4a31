with

subscribers as (
    select * from {{ ref('contactable_profiles') }}
    where channel = 'email' and purpose = 'marketing'
),

profiles as (
    select * from {{ ref('profiles') }}
),

traits as (
    select * from {{ ref('profile_traits') }}
),

email_events as (
    select
        profile_id,
        event_name,
        occurred_at
    from {{ ref('events') }}
    where
        event_name in ('email_delivered', 'email_opened', 'email_clicked')
        and occurred_at <= {{ as_of() }}
),

emails as (
    select
        profile_id,
        count(
            case
                when
                    event_name = 'email_delivered'
                    and occurred_at
                    > {{ as_of() }} - interval '{{ var("lapsed_subscriber_days") }} days'
                    then 1
            end
        ) as email_count,
        count(
            case
                when
                    event_name <> 'email_delivered'
                    and occurred_at
                    > {{ as_of() }} - interval '{{ var("lapsed_subscriber_days") }} days'
                    then 1
            end
        ) as engaged_count,
        max(case when event_name <> 'email_delivered' then occurred_at end) as last_engaged_at
    from email_events
    group by profile_id
),

selected_lapsed as (
    select
        subscribers.profile_id,
        profiles.preferred_language,
        traits.favourite_category,
        traits.favourite_store_id,
        emails.email_count,
        subscribers.consented_at as subscribed_at,
        emails.last_engaged_at
    from subscribers
    inner join emails on subscribers.profile_id = emails.profile_id
    inner join profiles on subscribers.profile_id = profiles.profile_id
    inner join traits on subscribers.profile_id = traits.profile_id
    where {{ is_lapsed_subscriber('emails.email_count', 'emails.engaged_count') }}
)

select * from selected_lapsed
