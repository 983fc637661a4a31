{#-
    CTEs of int_journeys__changes, read after its `versions` and `changed`: `visitors` are those of whom an event
    changed, with the time from which their visits are to be built again. Only visits that `breaks_session`
    tells apart count, and none that begins amid others of one moment, so that a time tells what stays.
-#}
{%- macro changed_visitor_ctes() -%}
-- A click on an advertisement says of the visit that it opened what brought it.
changed_visits as (
    select
        channel,
        visitor_id,
        min(occurred_at) as changed_at
    from (
        select
            channel,
            visitor_id,
            occurred_at
        from changed
        where visitor_id is not null
        union all
        select
            channel,
            visitor_id,
            occurred_at
        from versions
        where
            visitor_id is not null
            and click_id in (select click_id from changed where event_name = 'ad_clicked')
    ) as found_visits
    group by channel, visitor_id
),

visits_before as (
    select
        versions.channel,
        versions.visitor_id,
        versions.profile_id,
        versions.occurred_at,
        lag(versions.occurred_at) over visit as previous_at,
        lag(versions.profile_id) over visit as previous_profile_id
    from versions
    inner join changed_visits
        on
            versions.channel = changed_visits.channel
            and versions.visitor_id = changed_visits.visitor_id
            and versions.occurred_at < changed_visits.changed_at
    where versions.is_interaction and versions._ended_batch is null
    window visit as (
        partition by versions.channel, versions.visitor_id
        order by versions.occurred_at, versions.event_id
    )
),

-- A visit that began before anything changed goes on into what changed, earlier ones do not.
last_visits as (
    select
        channel,
        visitor_id,
        max(occurred_at) as started_at
    from visits_before
    where
        {{ breaks_session('occurred_at', 'previous_at', 'profile_id', 'previous_profile_id') }}
        and coalesce(previous_at < occurred_at, true)
    group by channel, visitor_id
),

visitors as (
    select
        changed_visits.channel,
        changed_visits.visitor_id,
        coalesce(last_visits.started_at, changed_visits.changed_at) as changed_from
    from changed_visits
    left join last_visits
        on
            changed_visits.channel = last_visits.channel
            and changed_visits.visitor_id = last_visits.visitor_id
)
{%- endmacro -%}
