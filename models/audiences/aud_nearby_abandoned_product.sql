with

store_visits as (
    select * from {{ ref('store_visits') }}
),

abandoned_products as (
    select * from {{ ref('abandoned_products') }}
),

products as (
    select * from {{ ref('input_products') }}
),

stores as (
    select * from {{ ref('input_stores') }}
),

recent_pings as (
    select
        profile_id,
        store_id,
        distance_metres,
        visited_date,
        visited_at,
        row_number() over (
            partition by profile_id
            order by visited_at desc, distance_metres, store_visit_id
        ) as ping_number
    from store_visits
    where
        evidence = 'location_ping'
        and profile_id is not null
        and visited_at <= {{ as_of() }}
        and visited_at
        > {{ as_of() }} - interval '{{ var("location_ping_window_minutes") }} minutes'
),

-- Leave out products without a name in the catalogue, since the message needs it.
ranked_products as (
    select
        abandoned_products.profile_id,
        products.product_id,
        products.product_name,
        products.category,
        products.product_url,
        abandoned_products.abandoned_stage,
        abandoned_products.last_interested_at,
        row_number() over (
            partition by abandoned_products.profile_id
            order by
                {{ interest_strength('abandoned_products.abandoned_stage') }} desc,
                abandoned_products.last_interested_at desc,
                products.product_id
        ) as product_number
    from abandoned_products
    inner join products on abandoned_products.product_id = products.product_id
    where
        abandoned_products.profile_id in (select recent_pings.profile_id from recent_pings)
        and products.product_name is not null
        and not abandoned_products.is_resolved
        and abandoned_products.last_interested_at
        <= {{ as_of() }} - interval '{{ var("abandonment_delay_hours") }} hours'
),

matched as (
    select
        recent_pings.profile_id,
        stores.store_id,
        coalesce(stores.store_name, stores.city, 'our store') as store_name,
        stores.time_zone as store_time_zone,
        ranked_products.product_id,
        ranked_products.product_name,
        ranked_products.category,
        ranked_products.product_url,
        ranked_products.abandoned_stage,
        recent_pings.distance_metres,
        recent_pings.visited_date as offer_date,
        ranked_products.last_interested_at,
        recent_pings.visited_at as pinged_at
    from recent_pings
    inner join ranked_products
        on
            recent_pings.profile_id = ranked_products.profile_id
            and ranked_products.product_number = 1
    inner join stores on recent_pings.store_id = stores.store_id
    where recent_pings.ping_number = 1
)

select * from matched
