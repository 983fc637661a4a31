{#- Shoppers who left a product behind and may get a push message. -#}
select distinct
    devices.device_id,
    devices.push_token,
    devices.platform,
    stores.latitude,
    stores.longitude
from cdp_journeys.abandoned_products as products
inner join cdp_contacts.profile_devices as devices on products.profile_id = devices.profile_id
inner join cdp_profiles.contactable_profiles as contactable
    on products.profile_id = contactable.profile_id and contactable.channel = 'push'
cross join (select * from cdp_staging.stg_catalog__stores order by store_id limit 1) as stores
where
    not products.is_resolved
    and products.last_interested_at < timestamp {{ as_of | literal }} - interval '5 hours'
    and devices.is_latest_user
    and devices.push_token is not null
    and products.profile_id not in (select profile_id from cdp_audiences.audience_nearby_offers)
    and products.profile_id not in (
        select profile_id from cdp_audiences.audience_memberships where is_holdout
    )
order by devices.device_id
limit $1
