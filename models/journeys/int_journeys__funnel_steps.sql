{{ by_visitor_or_profile(moment='reached_at') }}

{%- set since = changes_since() -%}

with recursive

funnel_steps as (
    select * from {{ ref('funnel_steps') }}
),

session_events as (
    select * from {{ ref('int_journeys__session_events') }}
),

events as (
    select * from {{ ref('events') }}
),

unioned as (
    select
        'session' as scope,
        session_events.session_id as entity_id,
        session_events.channel,
        session_events.visitor_id,
        cast(null as text) as profile_id,
        session_events.event_name,
        session_events.occurred_at
    from session_events
    {%- if since is not none %}
    {{ join_changed_visitors('session_events', 'session_events.session_started_at', since) }}
    {%- endif %}
    where session_events.occurred_at <= {{ as_of() }}
    union all
    select
        'profile' as scope,
        events.profile_id as entity_id,
        cast(null as text) as channel,
        cast(null as text) as visitor_id,
        events.profile_id,
        events.event_name,
        events.occurred_at
    from events
    {%- if since is not none %}
    {{ join_changed_profiles('events.profile_id', 'events.occurred_at', since) }}
    {%- endif %}
    where
        events.profile_id is not null
        and events.is_interaction
        and events.occurred_at <= {{ as_of() }}
),

-- An empty event name fits everything, as an empty cell does in every seed of rules.
found_candidates as (
    select distinct
        funnel_steps.funnel,
        unioned.entity_id,
        unioned.channel,
        unioned.visitor_id,
        unioned.profile_id,
        funnel_steps.step_number,
        unioned.occurred_at
    from unioned
    inner join funnel_steps
        on
            unioned.scope = funnel_steps.scope
            and (
                unioned.event_name = funnel_steps.event_name
                or coalesce(funnel_steps.event_name, '') = ''
            )
    {%- if since is not none %}
    -- Steps that a profile had reached before anything changed stay, and others follow them.
    union all
    select
        stored.funnel,
        stored.entity_id,
        stored.channel,
        stored.visitor_id,
        stored.profile_id,
        stored.step_number,
        stored.reached_at as occurred_at
    from {{ this }} as stored
    inner join {{ changed_profiles(since) }} as changes
        on
            stored.profile_id = changes.profile_id
            and stored.reached_at < changes.changed_from
    {%- endif %}
),

-- A step is reached where it is first done at or after the one before, so that the recursion ends
-- with the funnel.
reached as (
    select
        funnel,
        entity_id,
        channel,
        visitor_id,
        profile_id,
        cast(1 as bigint) as step_number,
        min(occurred_at) as reached_at
    from found_candidates
    where step_number = 1
    group by funnel, entity_id, channel, visitor_id, profile_id
    union all
    select
        funnel,
        entity_id,
        channel,
        visitor_id,
        profile_id,
        step_number,
        reached_at
    from (
        select
            found_candidates.funnel,
            found_candidates.entity_id,
            found_candidates.channel,
            found_candidates.visitor_id,
            found_candidates.profile_id,
            found_candidates.step_number,
            found_candidates.occurred_at as reached_at,
            row_number() over (
                partition by found_candidates.funnel, found_candidates.entity_id
                order by found_candidates.occurred_at
            ) as candidate_number
        from reached
        inner join found_candidates
            on
                reached.funnel = found_candidates.funnel
                and reached.entity_id = found_candidates.entity_id
                and reached.step_number + 1 = found_candidates.step_number
                and reached.reached_at <= found_candidates.occurred_at
    ) as ranked_candidates
    where candidate_number = 1
),

compared_with_previous as (
    select
        funnel,
        entity_id,
        channel,
        visitor_id,
        profile_id,
        step_number,
        min(reached_at) over (partition by funnel, entity_id) as entered_at,
        lag(reached_at) over (
            partition by funnel, entity_id order by step_number
        ) as previous_reached_at,
        reached_at,
        {{ changed_batch() }} as _changed_batch
    from reached
)

select * from compared_with_previous
