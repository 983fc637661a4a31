{{ config(
    materialized='incremental',
    incremental_strategy='changes',
    on_schema_change='append_new_columns',
) }}

{%- set known = known_changes() -%}
{%- set rules = timeline_rules() -%}
{%- set is_everything = known is none or known.rules != rules -%}

with

versions as (
    select * from {{ ref('int_journeys__events') }}
),

receipt_lines as (
    select * from {{ base_of('stg_pos__receipt_lines') }}
),

{% if not is_everything %}
-- What was written or ended since the last run, and what was still to come then, or might still
-- have become part of a visit.
changed as (
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

-- Lines may come after their receipt, and be corrected without it.
receipts as (
    select distinct receipt_id
    from receipt_lines
    where _staged_batch > {{ known.lines_batch }} and receipt_id is not null
),

-- A click on an advertisement says of the visit that it opened what brought it.
visitors as (
    select
        channel,
        visitor_id
    from changed
    where visitor_id is not null
    union
    select
        channel,
        visitor_id
    from versions
    where
        visitor_id is not null
        and click_id in (select click_id from changed where event_name = 'ad_clicked')
),

-- Who shares a browser shares its visits, and whose confirmation page is opened by others shares
-- an order: whose one was may be another's now.
profiles as (
    select coalesce(profile_id, '') as profile_id
    from changed
    union
    select coalesce(versions.profile_id, '') as profile_id
    from versions
    inner join changed
        on
            versions.channel = changed.channel
            and versions.order_id = changed.order_id
    where
        changed.event_name in ('order_completed', 'order_returned')
        and versions.event_name in ('order_completed', 'order_returned')
        and (versions._ended_batch is null or versions._ended_batch > {{ known.taken_batch }})
    union
    select coalesce(versions.profile_id, '') as profile_id
    from versions
    inner join receipts on versions.order_id = receipts.receipt_id
    where versions.channel = 'pos' and versions._ended_batch is null
    union
    select coalesce(versions.profile_id, '') as profile_id
    from versions
    inner join visitors
        on
            versions.channel = visitors.channel
            and versions.visitor_id = visitors.visitor_id
    where versions._ended_batch is null or versions._ended_batch > {{ known.taken_batch }}
),

-- Orders of nobody are many, and have nothing to do with one another.
orders as (
    select {{ surrogate_key(['channel', 'order_id']) }} as order_key
    from changed
    where event_name in ('order_completed', 'order_returned')
    union
    select {{ surrogate_key(["'pos'", 'receipt_id']) }} as order_key
    from receipts
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
    select
        'run' as kind,
        cast(null as text) as channel,
        cast(null as text) as visitor_id,
        cast(null as text) as profile_id,
        cast(null as text) as order_key,
        cast(null as date) as changed_date
    {% if not is_everything %}
    union all
    select
        'visitor' as kind,
        channel,
        visitor_id,
        cast(null as text) as profile_id,
        cast(null as text) as order_key,
        cast(null as date) as changed_date
    from visitors
    union all
    select
        'profile' as kind,
        cast(null as text) as channel,
        cast(null as text) as visitor_id,
        profile_id,
        cast(null as text) as order_key,
        cast(null as date) as changed_date
    from profiles
    union all
    select
        'order' as kind,
        cast(null as text) as channel,
        cast(null as text) as visitor_id,
        cast(null as text) as profile_id,
        order_key,
        cast(null as date) as changed_date
    from orders
    union all
    select
        'day' as kind,
        cast(null as text) as channel,
        cast(null as text) as visitor_id,
        profile_id,
        cast(null as text) as order_key,
        changed_date
    from days
    {% endif %}
),

stamped as (
    select
        {{ changes_batch(known) }} as changed_batch,
        kind,
        channel,
        visitor_id,
        profile_id,
        order_key,
        changed_date,
        {{ is_everything }} as is_everything,
        '{{ rules }}' as rules,
        (select coalesce(greatest(max(_written_batch), max(_ended_batch)), 0) from versions)
            as taken_batch,
        (select coalesce(max(receipt_lines._staged_batch), 0) from receipt_lines) as lines_batch,
        {{ as_of() }} as as_of
    from listed
)

select * from stamped
