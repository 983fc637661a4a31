-- The moments at which a stage can change, by macro lifecycle_checkpoint_days, with what was known
-- of orders then.
with

identities as (
    select * from {{ ref('int_profiles__identities') }}
),

orders as (
    select * from {{ ref('orders') }}
    where profile_id is not null and not is_return and ordered_at <= {{ as_of() }}
),

-- Of two orders at one moment the last counts, as if they had come one after the other.
compared_orders as (
    select
        profile_id,
        min(ordered_at) over (partition by profile_id) as first_ordered_at,
        lag(ordered_at) over profile_orders as previous_ordered_at,
        ordered_at as last_ordered_at,
        lead(ordered_at) over profile_orders as next_ordered_at
    from orders
    window profile_orders as (partition by profile_id order by ordered_at, order_key)
),

first_orders as (
    select
        profile_id,
        min(ordered_at) as first_ordered_at
    from orders
    group by profile_id
),

unioned as (
    {%- for known_at in ['first_seen_at', 'known_at'] %}
    select
        identities.profile_id,
        cast(null as timestamp) as first_ordered_at,
        cast(null as timestamp) as previous_ordered_at,
        cast(null as timestamp) as last_ordered_at,
        identities.{{ known_at }} as checked_at
    from identities
    left join first_orders on identities.profile_id = first_orders.profile_id
    where
        first_orders.first_ordered_at is null
        or identities.{{ known_at }} < first_orders.first_ordered_at
    union all
    {%- endfor %}
    select
        profile_id,
        first_ordered_at,
        previous_ordered_at,
        last_ordered_at,
        last_ordered_at as checked_at
    from compared_orders
    where next_ordered_at is null or last_ordered_at < next_ordered_at
    {%- for since in ['first_ordered_at', 'last_ordered_at'] %}
    {%- for days in lifecycle_checkpoint_days() %}
    union all
    select
        profile_id,
        first_ordered_at,
        previous_ordered_at,
        last_ordered_at,
        {{ since }} + interval '{{ days }} days' as checked_at
    from compared_orders
    where
        {{ since }} + interval '{{ days }} days' > last_ordered_at
        and (
            next_ordered_at is null
            or {{ since }} + interval '{{ days }} days' < next_ordered_at
        )
    {%- endfor %}
    {%- endfor %}
),

-- Somebody known from the first record is checked once.
kept_past as (
    select distinct * from unioned
    where checked_at <= {{ as_of() }}
)

select * from kept_past
