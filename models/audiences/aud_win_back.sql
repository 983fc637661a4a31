with

profiles as (
    select * from {{ ref('profiles') }}
),

traits as (
    select * from {{ ref('profile_traits') }}
),

selected_lapsed as (
    select
        profiles.profile_id,
        traits.favourite_category,
        traits.favourite_store_id,
        traits.currency,
        traits.order_count,
        traits.net_amount,
        traits.last_ordered_at
    from profiles
    inner join traits on profiles.profile_id = traits.profile_id
    where profiles.lifecycle_stage = 'lapsed'
)

select * from selected_lapsed
