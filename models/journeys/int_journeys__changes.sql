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

{% if not is_everything %}
-- What was written or ended since the last run, and what was not settled then, as visits may not.
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
    from {{ base_of('stg_pos__receipt_lines') }}
    where _staged_batch > {{ known.lines_batch }} and receipt_id is not null
    union
    select
        channel,
        order_id
    from {{ ref('int_journeys__order_lines_unioned') }}
    where product_id in (select product_id from sorted_anew)
),

{{ changed_visitor_ctes() }},

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
        (select coalesce(max(_staged_batch), 0) from {{ base_of('stg_pos__receipt_lines') }})
            as lines_batch,
        (select coalesce(max(_changed_batch), 0) from {{ ref('int_journeys__product_categories') }})
            as products_batch,
        {{ as_of() }} as as_of
    from listed
)

select * from stamped
