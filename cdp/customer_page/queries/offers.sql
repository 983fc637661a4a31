-- An offer keeps the profile id of its day, so ids that were merged since are included.
select
    offers.title,
    offers.body,
    offers.product_name,
    offers.store_name,
    offers.discount_code,
    offers.pinged_at,
    offers.expires_at
from {{ audiences }}.audience_nearby_offers as offers
left join {{ identity }}.profile_redirects as redirects
    on offers.profile_id = redirects.old_profile_id
where coalesce(redirects.profile_id, offers.profile_id) = $1
order by offers.pinged_at desc, offers.message_id
limit 50
