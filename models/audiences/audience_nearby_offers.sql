-- An offer is decided once per day and kept. Recomputed from late data it could be another product,
-- and the profile would receive a second message.
{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='message_id',
        on_schema_change='append_new_columns',
        full_refresh=false,
    )
}}

with

recipients as (
    select * from {{ ref('int_audiences__nearby_recipients') }}
),

redirects as (
    select * from {{ ref('profile_redirects') }}
),

earlier_offers as (
    {{ stored_rows({'profile_id': 'text', 'offer_date': 'date'}) }}
),

followed_merges as (
    select
        coalesce(redirects.profile_id, earlier_offers.profile_id) as profile_id,
        earlier_offers.offer_date
    from earlier_offers
    left join redirects on earlier_offers.profile_id = redirects.old_profile_id
),

kept_first_of_day as (
    select recipients.*
    from recipients
    left join followed_merges
        on
            recipients.profile_id = followed_merges.profile_id
            and recipients.offer_date = followed_merges.offer_date
    where followed_merges.profile_id is null
),

coded_offers as (
    select
        *,
        {{ surrogate_key(['profile_id', 'product_id', 'offer_date']) }} as message_id,
        'NEAR' || upper(
            substr({{ surrogate_key(["'code'", 'profile_id', 'product_id', 'offer_date']) }}, 1, 8)
        ) as discount_code
    from kept_first_of_day
),

written_offers as (
    select
        message_id,
        profile_id,
        product_id,
        product_name,
        product_url,
        store_id,
        store_name,
        {{ nearby_offer_title(
            'product_name', 'store_name', var('nearby_offer_discount_percent')
        ) }} as title,
        {{ nearby_offer_body(
            'product_name', 'store_name', var('nearby_offer_discount_percent'), 'discount_code'
        ) }} as body,
        discount_code,
        cast({{ var('nearby_offer_discount_percent') }} as bigint) as discount_percent,
        offer_date,
        pinged_at,
        {{ to_utc(
            "(cast(offer_date as timestamp) + interval '1 day')", "coalesce(store_time_zone, 'UTC')"
        ) }} as expires_at
    from coded_offers
)

select * from written_offers
