{{ by_profile() }}

{%- set since = changes_since() -%}

-- A favourite is what there was most of; of equals the latest, then the first by name.
with

signals as (
    select * from {{ ref('int_profiles__preference_signals') }}
    {%- if since is not none %}
    where {{ is_changed_profile('profile_id', since) }}
    {%- endif %}
),

summed_preferences as (
    select
        profile_id,
        kind,
        preference,
        sum(weight) as weight,
        max(happened_at) as latest_at
    from signals
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
    from summed_preferences
),

pivoted as (
    select
        profile_id,
        max(case when kind = 'category' then preference end) as favourite_category,
        max(case when kind = 'size' then preference end) as favourite_size,
        max(case when kind = 'store' then preference end) as favourite_store_id,
        cast(max(case when kind = 'weekday' then preference end) as bigint) as favourite_weekday,
        cast(max(case when kind = 'hour' then preference end) as bigint) as favourite_hour,
        {{ changed_batch() }} as _changed_batch
    from ranked_preferences
    where rank_number = 1
    group by profile_id
)

select * from pivoted
