with

profiles as (
    select * from {{ ref('profiles') }}
),

traits as (
    select * from {{ ref('profile_traits') }}
),

-- Customers who ordered again need no welcome.
selected_newcomers as (
    select
        profiles.profile_id,
        profiles.home_store_id,
        traits.favourite_category,
        traits.favourite_store_id,
        profiles.has_loyalty_card,
        profiles.first_ordered_at
    from profiles
    inner join traits on profiles.profile_id = traits.profile_id
    where profiles.lifecycle_stage = 'new' and traits.order_count = 1
)

select * from selected_newcomers
