with

profiles as (
    select * from {{ ref('profiles') }}
),

traits as (
    select * from {{ ref('profile_traits') }}
),

-- Leave out inactive customers: the platform would look for people who churn.
selected_best as (
    select
        profiles.profile_id,
        profiles.country,
        traits.favourite_category,
        traits.currency,
        traits.order_count,
        traits.net_amount,
        traits.last_ordered_at
    from profiles
    inner join traits on profiles.profile_id = traits.profile_id
    where profiles.is_active_customer and {{ is_vip('traits.monetary_score') }}
)

select * from selected_best
