-- A trait is a column: take it from one of the summaries below, or join one of your own.
with

identities as (
    select * from {{ ref('int_profiles__identities') }}
),

activity as (
    select * from {{ ref('int_profiles__activity') }}
),

visits as (
    select * from {{ ref('int_profiles__visits') }}
),

orders as (
    select * from {{ ref('int_profiles__orders') }}
),

favourites as (
    select * from {{ ref('int_profiles__favourites') }}
),

collected as (
    select
        identities.profile_id,
        activity.first_channel,
        activity.last_channel,
        favourites.favourite_category,
        favourites.favourite_store_id,
        '{{ var("reporting_currency") }}' as currency,
        coalesce(activity.event_count, 0) as event_count,
        coalesce(activity.interaction_count, 0) as interaction_count,
        coalesce(visits.session_count, 0) as session_count,
        coalesce(visits.engaged_session_count, 0) as engaged_session_count,
        coalesce(visits.store_visit_count, 0) as store_visit_count,
        coalesce(orders.order_count, 0) as order_count,
        coalesce(orders.return_count, 0) as return_count,
        cast(coalesce(orders.gross_amount, 0) as numeric(18, 2)) as gross_amount,
        cast(coalesce(orders.returned_amount, 0) as numeric(18, 2)) as returned_amount,
        cast(coalesce(orders.net_amount, 0) as numeric(18, 2)) as net_amount,
        {{ average_amount('orders.gross_amount', 'orders.order_count') }} as average_order_amount,
        {{ days_between('activity.last_interaction_at', as_of()) }} as days_since_interaction,
        {{ days_between('orders.last_ordered_at', as_of()) }} as days_since_order,
        activity.first_interaction_at,
        activity.last_interaction_at,
        orders.first_ordered_at,
        orders.previous_ordered_at,
        orders.last_ordered_at
    from identities
    left join activity on identities.profile_id = activity.profile_id
    left join visits on identities.profile_id = visits.profile_id
    left join orders on identities.profile_id = orders.profile_id
    left join favourites on identities.profile_id = favourites.profile_id
),

scored as (
    select
        profile_id,
        first_channel,
        last_channel,
        favourite_category,
        favourite_store_id,
        currency,
        {{ quintile('last_ordered_at', 'order_count > 0') }} as recency_score,
        {{ quintile('order_count', 'order_count > 0') }} as frequency_score,
        {{ quintile('net_amount', 'order_count > 0') }} as monetary_score,
        event_count,
        interaction_count,
        session_count,
        engaged_session_count,
        store_visit_count,
        order_count,
        return_count,
        gross_amount,
        returned_amount,
        net_amount,
        average_order_amount,
        days_since_interaction,
        days_since_order,
        first_interaction_at,
        last_interaction_at,
        first_ordered_at,
        previous_ordered_at,
        last_ordered_at
    from collected
)

select * from scored
