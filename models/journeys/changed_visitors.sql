{{ lists_changed_keys({'int_journeys__events': 'min(valid_from_batch)'}) }}

with

-- Not materialized: each use reads only a few columns or rows.
events as not materialized (
    select * from {{ ref('int_journeys__events') }}
),

changed_events as materialized (
    {{ changed_events() }}
),

-- An ad click sets the source of the session that it opened.
changed_visitor_events as (
    select
        channel,
        visitor_id,
        occurred_at
    from changed_events
    where visitor_id is not null
    union all
    select
        channel,
        visitor_id,
        occurred_at
    from events
    where
        visitor_id is not null
        and click_id in (
            select changed_events.click_id from changed_events
            where changed_events.event_name = 'ad_clicked'
        )
),

first_changes as (
    select
        channel,
        visitor_id,
        min(occurred_at) as changed_at
    from changed_visitor_events
    group by channel, visitor_id
),

interactions_before as (
    select
        events.channel,
        events.visitor_id,
        events.profile_id,
        events.occurred_at,
        lag(events.occurred_at) over visitor_events as previous_at,
        lag(events.profile_id) over visitor_events as previous_profile_id
    from events
    inner join first_changes
        on
            events.channel = first_changes.channel
            and events.visitor_id = first_changes.visitor_id
            and events.occurred_at < first_changes.changed_at
    where events.is_interaction and events.valid_to_batch is null
    window visitor_events as (
        partition by events.channel, events.visitor_id
        order by events.occurred_at, events.event_id
    )
),

-- The last session before the first change may continue into it; earlier sessions are unchanged.
-- Session starts by a campaign do not count here, since a change may move them, nor do starts
-- between events with the same time.
last_sessions as (
    select
        channel,
        visitor_id,
        max(occurred_at) as started_at
    from interactions_before
    where
        {{ breaks_session('occurred_at', 'previous_at', 'profile_id', 'previous_profile_id') }}
        and coalesce(previous_at < occurred_at, true)
    group by channel, visitor_id
),

visitors as (
    select
        first_changes.channel,
        first_changes.visitor_id,
        coalesce(last_sessions.started_at, first_changes.changed_at) as changed_from
    from first_changes
    left join last_sessions
        on
            first_changes.channel = last_sessions.channel
            and first_changes.visitor_id = last_sessions.visitor_id
    -- One row without a visitor per run, so that readers know how far back the list goes.
    union all
    select
        null as channel,
        null as visitor_id,
        null as changed_from
)

select
    cast({{ current_batch() }} as bigint) as batch,
    channel,
    visitor_id,
    changed_from
from visitors
