with

offers as (
    select * from {{ ref('audience_nearby_offers') }}
),

redirects as (
    select * from {{ ref('profile_redirects') }}
),

recipients as (
    select * from {{ ref('int_audiences__nearby_recipients') }}
),

abandoned_products as (
    select * from {{ ref('abandoned_products') }}
    where not is_resolved
),

-- Two profiles merged into one may each have had an offer of that day.
followed_merges as (
    select
        offers.*,
        coalesce(redirects.profile_id, offers.profile_id) as current_profile_id,
        row_number() over (
            partition by coalesce(redirects.profile_id, offers.profile_id), offers.offer_date
            order by offers.pinged_at, offers.message_id
        ) as offer_number
    from offers
    left join redirects on offers.profile_id = redirects.old_profile_id
),

-- An offer goes out while its person is near a store and has not bought the product; who comes
-- back the same day meets the same message again, which was sent already.
selected_offers as (
    select
        offers.message_id,
        offers.current_profile_id as profile_id,
        recipients.push_token,
        recipients.platform,
        offers.title,
        offers.body,
        offers.product_id,
        offers.product_name,
        offers.product_url,
        offers.store_id,
        offers.store_name,
        offers.discount_code,
        offers.discount_percent,
        offers.offer_date,
        offers.expires_at,
        recipients.send_until
    from followed_merges as offers
    inner join recipients
        on
            offers.current_profile_id = recipients.profile_id
            and offers.offer_date = recipients.offer_date
    inner join abandoned_products
        on
            offers.current_profile_id = abandoned_products.profile_id
            and offers.product_id = abandoned_products.product_id
    where offers.offer_number = 1
)

select * from selected_offers
