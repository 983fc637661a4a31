{#
    CTEs of int_journeys__events that end with `moved`: of its rows that were not staged again, by CTE `touched`, those
    of which the graph gave the record another profile since.
#}
{%- macro moved_event_ctes(taken) -%}
-- Of what was not staged again only the profile may be another.
reattributed as (
    select
        {{ surrogate_key(['source_model', 'record_id']) }} as event_id,
        profile_id,
        assigned_run
    from {{ ref('int_identity__record_profiles') }}
    where assigned_run > {{ taken.assigned_run }}
),

-- Two columns are read of all rows, and of those whose profile is another the rest.
stored as materialized (
    select
        {{ row_locator() }} as row_locator,
        event_id,
        profile_id
    from {{ this }}
    where
        _ended_batch is null
        and event_id in (select event_id from reattributed)
),

moved_rows as materialized (
    select
        stored.row_locator,
        reattributed.profile_id,
        reattributed.assigned_run
    from stored
    inner join reattributed on stored.event_id = reattributed.event_id
    where
        stored.profile_id is distinct from reattributed.profile_id
        and stored.event_id not in (select event_id from touched)
),

moved as (
    select
        versions.event_id,
        moved_rows.profile_id,
        versions.source_model,
        versions.record_id,
        versions.channel,
        versions.event_name,
        versions.is_interaction,
        {%- for column in timeline_columns() %}
        versions.{{ column }},
        {%- endfor %}
        versions.occurred_at,
        versions._staged_batch,
        moved_rows.assigned_run as _attributed_run
    from {{ this }} as versions
    inner join moved_rows on versions.{{ row_locator() }} = moved_rows.row_locator
    where versions.{{ row_locator() }} in (select row_locator from moved_rows)
)
{%- endmacro -%}
