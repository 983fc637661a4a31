{{ by_profile_day() }}

{%- set since = changes_since() -%}

-- Everything that is counted by person reads these days instead of the timeline.
with

events as (
    select * from {{ ref('events') }}
    where
        profile_id is not null
        and occurred_at <= {{ as_of() }}
    {%- if since is not none %}
        and {{ is_changed_day('profile_id', 'cast(occurred_at as date)', since) }}
    {%- endif %}
),

summed as (
    select
        profile_id,
        channel,
        cast(occurred_at as date) as activity_date,
        count(*) as event_count,
        count(case when is_interaction then 1 end) as interaction_count,
        min(case when is_interaction then occurred_at end) as first_interaction_at,
        max(case when is_interaction then occurred_at end) as last_interaction_at,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at,
        {{ changed_batch() }} as _changed_batch
    from events
    group by profile_id, channel, cast(occurred_at as date)
)

select * from summed
