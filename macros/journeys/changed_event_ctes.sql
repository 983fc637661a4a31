{#-
    CTEs of int_journeys__events. The last, `changed`, has the rows to write: events that staging wrote since the last
    run (CTE `staged_events`), other events that identity resolution reassigned to another profile, and the keys of
    removed events, with all other columns null. In a full build it has all events.
-#}
{%- macro changed_event_ctes(taken) -%}
{%- if taken is none -%}
changed as (
    select * from staged_events
)
{%- else -%}
touched_records as (
    {{ records_touched_since(taken) }}
),

touched_events as (
    select {{ surrogate_key(['source_model', 'record_id']) }} as event_id
    from touched_records
),

-- Events that staging did not write again can only have changed their profile.
reassigned_records as (
    select
        {{ surrogate_key(['source_model', 'record_id']) }} as event_id,
        profile_id,
        assigned_run
    from {{ ref('int_identity__record_profiles') }}
    where assigned_run > {{ taken.assigned_run }}
),

-- Only two columns are read for all rows; the others only for reassigned events.
reassigned_ids as materialized (
    select
        {{ row_locator() }} as row_locator,
        event_id,
        profile_id
    from {{ this }}
    where
        valid_to_batch is null
        and event_id in (select event_id from reassigned_records)
),

reassigned_rows as materialized (
    select
        reassigned_ids.row_locator,
        reassigned_records.profile_id,
        reassigned_records.assigned_run
    from reassigned_ids
    inner join reassigned_records on reassigned_ids.event_id = reassigned_records.event_id
    where
        reassigned_ids.profile_id is distinct from reassigned_records.profile_id
        and reassigned_ids.event_id not in (select event_id from touched_events)
),

reassigned_events as (
    select
        stored_events.event_id,
        reassigned_rows.profile_id,
        stored_events.source_model,
        stored_events.record_id,
        stored_events.channel,
        stored_events.event_name,
        stored_events.is_interaction,
        {%- for column in timeline_columns() %}
        stored_events.{{ column }},
        {%- endfor %}
        stored_events.occurred_at,
        stored_events._staged_batch,
        reassigned_rows.assigned_run as _attributed_run
    from {{ this }} as stored_events
    inner join reassigned_rows on stored_events.{{ row_locator() }} = reassigned_rows.row_locator
    where stored_events.{{ row_locator() }} in (select row_locator from reassigned_rows)
),

removed_events as (
    select
        touched_events.event_id,
        cast(null as text) as profile_id,
        cast(null as text) as source_model,
        cast(null as text) as record_id,
        cast(null as text) as channel,
        cast(null as text) as event_name,
        cast(null as boolean) as is_interaction,
        {%- for column, type in timeline_columns().items() %}
        cast(null as {{ type }}) as {{ column }},
        {%- endfor %}
        cast(null as timestamp) as occurred_at,
        cast(null as bigint) as _staged_batch,
        cast(null as bigint) as _attributed_run
    from touched_events
    left join staged_events on touched_events.event_id = staged_events.event_id
    where staged_events.event_id is null
),

changed as (
    select * from staged_events
    union all
    select * from reassigned_events
    union all
    select * from removed_events
)
{%- endif -%}
{%- endmacro -%}

{#- Query of the profile per timeline record: for all records, or only for those staged since the last run. -#}
{%- macro timeline_record_profiles(taken) -%}
{%- if taken is none -%}
    select * from {{ ref('int_identity__record_profiles') }}
{%- else -%}
    {#- Look up the records' identifier combinations first, to avoid a hash table of all combinations. -#}
    with staged_records as materialized (
        select
            source_number,
            record_id,
            combination_key
        from {{ graph_table('records', ref('identity_graph')) }}
        where
            source_number <> 0
            and record_id in (select timeline.record_id from timeline)
    )

    select
        {{ source_model('staged_records.source_number') }} as source_model,
        staged_records.record_id,
        combination_profiles.profile_id,
        combination_profiles.assigned_run
    from staged_records
    inner join {{ ref('int_identity__combination_profiles') }} as combination_profiles
        on staged_records.combination_key = combination_profiles.combination_key
    where combination_profiles.combination_key in (select staged_records.combination_key from staged_records)
{%- endif -%}
{%- endmacro -%}
