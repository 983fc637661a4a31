with

profiles as (
    select * from {{ ref('profiles') }}
),

traits as (
    select * from {{ ref('profile_traits') }}
),

selected_vips as (
    select
        profiles.profile_id,
        profiles.loyalty_tier,
        traits.favourite_category,
        traits.favourite_store_id,
        traits.currency,
        traits.order_count,
        traits.net_amount,
        traits.last_ordered_at
    from profiles
    inner join traits on profiles.profile_id = traits.profile_id
    where profiles.lifecycle_stage = 'at_risk' and {{ is_vip('traits.monetary_score') }}
)

select * from selected_vips
