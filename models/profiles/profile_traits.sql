-- Each trait is a column. To add one, select it from a CTE below or join a model of your own.
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

touchpoints as (
    select * from {{ ref('int_profiles__touchpoint_totals') }}
),

engagement as (
    select * from {{ ref('int_profiles__engagement') }}
),

purchases as (
    select * from {{ ref('int_profiles__purchases') }}
),

orders as (
    select * from {{ ref('int_profiles__orders') }}
),

preferences as (
    select * from {{ ref('int_profiles__preferences') }}
),

-- A CTE of its own, so that the window functions sort few columns.
quintiles as (
    select
        profile_id,
        {{ quintile('last_ordered_at', 'order_count > 0') }} as recency_score,
        {{ quintile('order_count', 'order_count > 0') }} as frequency_score,
        {{ quintile('net_amount', 'order_count > 0') }} as monetary_score
    from orders
),

scored_profiles as (
    select
        identities.profile_id,
        activity.first_channel,
        activity.last_channel,
        touchpoints.first_touch_channel,
        touchpoints.last_touch_channel,
        touchpoints.first_touch_campaign_name,
        touchpoints.last_touch_campaign_name,
        preferences.favourite_category,
        preferences.favourite_size,
        preferences.favourite_store_id,
        preferences.favourite_weekday,
        preferences.favourite_hour,
        '{{ var("reporting_currency") }}' as currency,
        quintiles.recency_score,
        quintiles.frequency_score,
        quintiles.monetary_score,
        {{ engagement_score('engagement') }} as engagement_score,
        coalesce(activity.event_count, 0) as event_count,
        coalesce(activity.interaction_count, 0) as interaction_count,
        coalesce(visits.session_count, 0) as session_count,
        coalesce(visits.engaged_session_count, 0) as engaged_session_count,
        coalesce(visits.store_visit_count, 0) as store_visit_count,
        coalesce(touchpoints.touch_count, 0) as touch_count,
        {%- for kind in ['email', 'push', 'site'] %}
        {%- for days in [7, 30, 90] %}
        coalesce(engagement.{{ kind }}_engagement_{{ days }}_days_count, 0)
            as {{ kind }}_engagement_{{ days }}_days_count,
        {%- endfor %}
        {%- endfor %}
        coalesce(orders.order_count, 0) as order_count,
        coalesce(orders.return_count, 0) as return_count,
        cast(coalesce(orders.gross_amount, 0) as numeric(18, 2)) as gross_amount,
        cast(coalesce(orders.returned_amount, 0) as numeric(18, 2)) as returned_amount,
        cast(coalesce(orders.net_amount, 0) as numeric(18, 2)) as net_amount,
        {{ average_amount('orders.gross_amount', 'orders.valued_order_count') }}
            as average_order_amount,
        purchases.costed_amount,
        purchases.margin_amount,
        cast(purchases.discounted_line_count as double precision)
        / nullif(purchases.purchased_line_count, 0) as discount_affinity,
        purchases.average_discount_share,
        {{ days_between('activity.last_interaction_at', as_of()) }} as days_since_interaction,
        {{ days_between('orders.last_ordered_at', as_of()) }} as days_since_order,
        touchpoints.first_touched_at,
        touchpoints.last_touched_at,
        activity.first_interaction_at,
        activity.last_interaction_at,
        orders.first_ordered_at,
        orders.previous_ordered_at,
        orders.last_ordered_at
    from identities
    left join activity on identities.profile_id = activity.profile_id
    left join visits on identities.profile_id = visits.profile_id
    left join touchpoints on identities.profile_id = touchpoints.profile_id
    left join engagement on identities.profile_id = engagement.profile_id
    left join purchases on identities.profile_id = purchases.profile_id
    left join orders on identities.profile_id = orders.profile_id
    left join quintiles on identities.profile_id = quintiles.profile_id
    left join preferences on identities.profile_id = preferences.profile_id
)

select * from scored_profiles
