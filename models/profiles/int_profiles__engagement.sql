{%- set windows = [7, 30, 90] -%}

with

events as (
    select
        profile_id,
        event_name,
        channel,
        occurred_at
    from {{ ref('events') }}
    where
        profile_id is not null
        and is_interaction
        and occurred_at <= {{ as_of() }}
        and occurred_at > {{ as_of() }} - interval '{{ windows | max }} days'
),

classified_events as (
    select
        profile_id,
        {{ engagement_kind('channel', 'event_name') }} as kind,
        occurred_at
    from events
),

engagement_totals as (
    select
        profile_id,
        {%- for kind in ['email', 'push', 'site'] %}
        {%- for days in windows %}
        count(
            case
                when
                    kind = '{{ kind }}'
                    and occurred_at > {{ as_of() }} - interval '{{ days }} days'
                    then 1
            end
        ) as {{ kind }}_engagement_{{ days }}_days_count,
        {%- endfor %}
        {%- endfor %}
        max(occurred_at) as last_engaged_at
    from classified_events
    where kind is not null
    group by profile_id
)

select * from engagement_totals
