{{ incremental_by('profile') }}

-- One select per kind of preference, with weights. The favourite is the value with the largest
-- total weight; ties: the latest, then the first by name.
with

order_lines as (
    select * from {{ changed('order_lines') }}
    where
        profile_id is not null
        and category is not null
        and ordered_at <= {{ as_of() }}
        and not is_return
),

store_visits as (
    select * from {{ changed('store_visits') }}
    where
        profile_id is not null
        and visited_at <= {{ as_of() }}
),

event_preferences as (
    select * from {{ changed('int_profiles__event_preferences') }}
),

preference_signals as (
    select
        'category' as kind,
        profile_id,
        category as preference,
        quantity as weight,
        ordered_at as occurred_at
    from order_lines
    union all
    -- Several pings on one day at one store count as one visit.
    select
        'store' as kind,
        profile_id,
        store_id as preference,
        cast(1 as bigint) as weight,
        max(visited_at) as occurred_at
    from store_visits
    group by profile_id, store_id, visited_date
    union all
    select
        kind,
        profile_id,
        preference,
        weight,
        last_event_at as occurred_at
    from event_preferences
),

preference_totals as (
    select
        profile_id,
        kind,
        preference,
        sum(weight) as weight,
        max(occurred_at) as latest_at
    from preference_signals
    group by profile_id, kind, preference
),

ranked_preferences as (
    select
        profile_id,
        kind,
        preference,
        row_number() over (
            partition by profile_id, kind
            order by weight desc, latest_at desc, preference
        ) as rank_number
    from preference_totals
),

pivoted_preferences as (
    select
        profile_id,
        max(case when kind = 'category' then preference end) as favourite_category,
        max(case when kind = 'size' then preference end) as favourite_size,
        max(case when kind = 'store' then preference end) as favourite_store_id,
        cast(max(case when kind = 'weekday' then preference end) as bigint) as favourite_weekday,
        cast(max(case when kind = 'hour' then preference end) as bigint) as favourite_hour
    from ranked_preferences
    where rank_number = 1
    group by profile_id
)

select * from pivoted_preferences
