-- A favourite is what there was most of; of equals the latest, then the first by name.
with

order_lines as (
    select * from {{ ref('order_lines') }}
    where profile_id is not null and ordered_at <= {{ as_of() }}
),

store_visits as (
    select * from {{ ref('store_visits') }}
    where profile_id is not null and visited_at <= {{ as_of() }}
),

summed_categories as (
    select
        profile_id,
        category,
        sum(quantity) as weight,
        max(ordered_at) as latest_at
    from order_lines
    where category is not null and not is_return
    group by profile_id, category
),

-- Many pings of one stay are one visit.
summed_stores as (
    select
        profile_id,
        store_id,
        count(distinct visited_date) as weight,
        max(visited_at) as latest_at
    from store_visits
    group by profile_id, store_id
),

ranked_categories as (
    select
        profile_id,
        category,
        row_number() over (
            partition by profile_id
            order by weight desc, latest_at desc, category
        ) as rank_number
    from summed_categories
),

ranked_stores as (
    select
        profile_id,
        store_id,
        row_number() over (
            partition by profile_id
            order by weight desc, latest_at desc, store_id
        ) as rank_number
    from summed_stores
),

unioned as (
    select
        profile_id,
        category as favourite_category,
        cast(null as text) as favourite_store_id
    from ranked_categories
    where rank_number = 1
    union all
    select
        profile_id,
        cast(null as text) as favourite_category,
        store_id as favourite_store_id
    from ranked_stores
    where rank_number = 1
),

combined as (
    select
        profile_id,
        max(favourite_category) as favourite_category,
        max(favourite_store_id) as favourite_store_id
    from unioned
    group by profile_id
)

select * from combined
