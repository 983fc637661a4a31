{{ lists_changed_keys({'int_journeys__events': 'min(valid_from_batch)'}) }}

with

-- Read with few columns or rows each time, and never as a whole.
events as not materialized (
    select * from {{ ref('int_journeys__events') }}
),

changed_events as materialized (
    {{ changed_events() }}
),

-- An ad click sets the source of the session that it opened.
changed_visits as (
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
    from changed_visits
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

-- The session that began last before the first change may go on into it; earlier ones stay as they
-- are. Sessions that only a campaign separates do not count, since another one may begin within
-- them, nor does a start between events of the same time.
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
    -- A row without a visitor says that there was a run, so how far back the list reaches.
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
