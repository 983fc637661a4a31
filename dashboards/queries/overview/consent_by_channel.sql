with

known as (
    select count(*) as known_count
    from cdp_profiles.profiles
    where is_known
),

contactable as (
    select
        channel,
        purpose,
        count(distinct profile_id) as profile_count
    from cdp_profiles.contactable_profiles
    group by channel, purpose
)

select
    contactable.channel || ' (' || contactable.purpose || ')' as channel_and_purpose,
    contactable.profile_count,
    contactable.profile_count * 1.0 / nullif(known.known_count, 0) as known_share
from contactable
cross join known
order by contactable.profile_count desc, channel_and_purpose
