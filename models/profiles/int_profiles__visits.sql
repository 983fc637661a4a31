{{ incremental_by('profile') }}

with

sessions as (
    select * from {{ changed('int_profiles__sessions') }}
    where
        profile_id is not null
),

store_visits as (
    select * from {{ changed('store_visits') }}
    where
        profile_id is not null
        and visited_at <= {{ as_of() }}
),

all_visits as (
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

visit_totals as (
    select
        profile_id,
        count(session_id) as session_count,
        count(case when is_engaged then 1 end) as engaged_session_count,
        count(distinct store_visit_key) as store_visit_count
    from all_visits
    group by profile_id
)

select * from visit_totals
