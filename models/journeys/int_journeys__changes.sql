{{ config(
    materialized='incremental',
    incremental_strategy='changes',
    on_schema_change='append_new_columns',
) }}

{%- set known = known_changes() -%}
{%- set rules = timeline_rules() -%}
{%- set is_everything = known is none or known.rules != rules %}

-- depends_on: {{ ref('int_journeys__order_lines_unioned') }}
with

-- Read with few columns or rows each time, and never as a whole.
versions as not materialized (
    select * from {{ ref('int_journeys__events') }}
),

receipt_lines as (
    select * from {{ base_of('stg_pos__receipt_lines') }}
),

{% if not is_everything %}
-- What was written or ended since the last run, and what was still to come then, or might still
-- have become part of a visit.
changed as materialized (
    select * from versions
    where
        _written_batch > {{ known.taken_batch }}
        or _ended_batch > {{ known.taken_batch }}
        or (
            _ended_batch is null
            and occurred_at > {{ settled_at(known.as_of) }}
            and occurred_at <= {{ as_of() }}
        )
),

sorted_anew as (
    select product_id from {{ ref('int_journeys__product_categories') }}
    where _changed_batch > {{ known.products_batch }}
),

-- Lines may come after their receipt, and be corrected without it; products are sorted anew.
changed_orders as (
    select
        channel,
        order_id
    from changed
    where event_name in ('order_completed', 'order_returned')
    union
    select
        'pos' as channel,
        receipt_id as order_id
    from receipt_lines
    where _staged_batch > {{ known.lines_batch }} and receipt_id is not null
    union
    select
        channel,
        order_id
    from {{ ref('int_journeys__order_lines_unioned') }}
    where product_id in (select product_id from sorted_anew)
),

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
),

-- Who shares a browser shares its visits, and whose confirmation page is opened by others shares
-- an order: whose one was may be another's now.
found_profiles as (
    select
        profile_id,
        occurred_at as changed_at
    from changed
    union all
    select
        versions.profile_id,
        versions.occurred_at as changed_at
    from versions
    inner join changed_orders
        on
            versions.channel = changed_orders.channel
            and versions.order_id = changed_orders.order_id
    where
        versions.event_name in ('order_completed', 'order_returned')
        and (versions._ended_batch is null or versions._ended_batch > {{ known.taken_batch }})
    union all
    select
        profile_id,
        occurred_at as changed_at
    from versions
    where product_id in (select product_id from sorted_anew) and _ended_batch is null
    union all
    select
        versions.profile_id,
        visitors.changed_from as changed_at
    from versions
    inner join visitors
        on
            versions.channel = visitors.channel
            and versions.visitor_id = visitors.visitor_id
            and versions.occurred_at >= visitors.changed_from
    where versions._ended_batch is null or versions._ended_batch > {{ known.taken_batch }}
),

-- A visit decides too whether a click in an email, shortly before it, was one of its own.
profiles as (
    select
        coalesce(profile_id, '') as profile_id,
        min(changed_at) - interval '{{ var("session_timeout_minutes") }} minutes' as changed_from
    from found_profiles
    group by coalesce(profile_id, '')
),

-- Orders of nobody are many, and have nothing to do with one another.
orders as (
    select {{ surrogate_key(['channel', 'order_id']) }} as order_key
    from changed_orders
),

-- What is counted by day needs no more than the days.
days as (
    select distinct
        profile_id,
        cast(occurred_at as date) as changed_date
    from changed
    where profile_id is not null
),

{% endif %}
listed as (
    {{ listed_changes('run') }}
    {%- if not is_everything %}
    union all
    {{ listed_changes('visitor', 'visitors', ['channel', 'visitor_id', 'changed_from']) }}
    union all
    {{ listed_changes('profile', 'profiles', ['profile_id', 'changed_from']) }}
    union all
    {{ listed_changes('day', 'days', ['profile_id', 'changed_date']) }}
    union all
    {{ listed_changes('order', 'orders', ['order_key']) }}
    {%- endif %}
),

stamped as (
    select
        {{ rising_batch(['changed_batch']) }} as changed_batch,
        kind,
        channel,
        visitor_id,
        profile_id,
        order_key,
        changed_date,
        changed_from,
        {{ is_everything }} as is_everything,
        '{{ rules }}' as rules,
        (select coalesce(greatest(max(_written_batch), max(_ended_batch)), 0) from versions)
            as taken_batch,
        (select coalesce(max(receipt_lines._staged_batch), 0) from receipt_lines) as lines_batch,
        (select coalesce(max(_changed_batch), 0) from {{ ref('int_journeys__product_categories') }})
            as products_batch,
        {{ as_of() }} as as_of
    from listed
)

select * from stamped
