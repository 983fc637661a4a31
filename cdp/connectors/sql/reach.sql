{#- Per channel: profiles with an address for it, with a consent record, that granted it, whose grant
    a suppression overrules, and that can be reached. -#}
with

channels as (
    select channel
    from (
        values {% for channel in channels %}({{ channel | literal }}){% if not loop.last %}, {% endif %}{% endfor %}
    ) as listed (channel)
),

addresses as (
    select
        'email' as channel,
        profile_id
    from {{ contacts }}.profile_contacts
    where email is not null
    union
    select
        'sms' as channel,
        profile_id
    from {{ contacts }}.profile_contacts
    where phone is not null
    union
    select
        'ads' as channel,
        profile_id
    from {{ contacts }}.profile_contacts
    where email is not null or phone is not null
    union
    select
        'push' as channel,
        profile_id
    from {{ contacts }}.profile_devices
    where push_token is not null and is_latest_user
),

consents as (
    select
        channel,
        profile_id,
        max(case when is_granted then 1 else 0 end) as has_granted
    from {{ profiles }}.profile_consents
    group by channel, profile_id
),

permitted as (
    select distinct
        channel,
        profile_id
    from {{ profiles }}.contactable_profiles
),

counted as (
    select
        channels.channel,
        (select count(*) from addresses where addresses.channel = channels.channel)
            as address_count,
        (select count(*) from consents where consents.channel = channels.channel)
            as record_count,
        (
            select count(*) from consents
            where consents.channel = channels.channel and consents.has_granted = 1
        ) as granted_count,
        (select count(*) from permitted where permitted.channel = channels.channel)
            as permitted_count,
        (
            select count(*)
            from permitted
            inner join addresses
                on
                    permitted.channel = addresses.channel
                    and permitted.profile_id = addresses.profile_id
            where permitted.channel = channels.channel
        ) as reachable_count
    from channels
)

select * from counted
order by channel
