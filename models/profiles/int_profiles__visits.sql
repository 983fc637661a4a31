{{ by_profile() }}

{%- set since = changes_since() -%}

with

sessions as (
    select * from {{ ref('int_profiles__sessions') }}
    where
        profile_id is not null
    {%- if since is not none %}
        and {{ is_changed_profile('profile_id', since) }}
    {%- endif %}
),

store_visits as (
    select * from {{ ref('store_visits') }}
    where
        profile_id is not null
        and visited_at <= {{ as_of() }}
    {%- if since is not none %}
        and {{ is_changed_profile('profile_id', since) }}
    {%- endif %}
),

unioned as (
    select
        profile_id,
        session_id,
        is_engaged,
        cast(null as text) as store_visit_key
    from sessions
    union all
    select
        profile_id,
        cast(null as text) as session_id,
        cast(null as boolean) as is_engaged,
        store_id || ' ' || cast(visited_date as text) as store_visit_key
    from store_visits
),

summed as (
    select
        profile_id,
        count(session_id) as session_count,
        count(case when is_engaged then 1 end) as engaged_session_count,
        count(distinct store_visit_key) as store_visit_count,
        {{ changed_batch() }} as _changed_batch
    from unioned
    group by profile_id
)

select * from summed
