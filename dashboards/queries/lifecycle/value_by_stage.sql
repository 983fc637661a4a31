select
    profiles.lifecycle_stage,
    count(*) as customer_count,
    sum(profile_traits.net_amount) as net_amount,
    sum(profile_traits.net_amount) / count(*) as average_amount
from cdp_profiles.profiles
inner join cdp_profiles.profile_traits on profiles.profile_id = profile_traits.profile_id
where profile_traits.order_count > 0
group by profiles.lifecycle_stage
order by net_amount desc, profiles.lifecycle_stage
