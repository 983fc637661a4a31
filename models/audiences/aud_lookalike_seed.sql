with

profiles as (
    select * from {{ ref('profiles') }}
),

traits as (
    select * from {{ ref('profile_traits') }}
),

-- Who is gone would teach the platform to find people who go.
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
