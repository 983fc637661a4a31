{#-
    CTEs of int_journeys__events that end with `changed`: rows that staging wrote since the last run, by CTE
    `attributed`; of the others those whose record belongs to another profile now; and of records that are gone the
    key alone, without a batch of staging. In a full build all rows.
-#}
{%- macro changed_event_ctes(taken) -%}
{%- if taken is none -%}
changed as (
    select * from attributed
)
{%- else -%}
touched_records as (
    {{ records_touched_since(taken) }}
),

touched as (
    select {{ surrogate_key(['source_model', 'record_id']) }} as event_id
    from touched_records
),

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
moved_ids as materialized (
    select
        {{ row_locator() }} as row_locator,
        event_id,
        profile_id
    from {{ this }}
    where
        valid_to_batch is null
        and event_id in (select event_id from reattributed)
),

moved_rows as materialized (
    select
        moved_ids.row_locator,
        reattributed.profile_id,
        reattributed.assigned_run
    from moved_ids
    inner join reattributed on moved_ids.event_id = reattributed.event_id
    where
        moved_ids.profile_id is distinct from reattributed.profile_id
        and moved_ids.event_id not in (select event_id from touched)
),

moved as (
    select
        stored_events.event_id,
        moved_rows.profile_id,
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
        moved_rows.assigned_run as _attributed_run
    from {{ this }} as stored_events
    inner join moved_rows on stored_events.{{ row_locator() }} = moved_rows.row_locator
    where stored_events.{{ row_locator() }} in (select row_locator from moved_rows)
),

removed as (
    select
        touched.event_id,
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
    from touched
    left join attributed on touched.event_id = attributed.event_id
    where attributed.event_id is null
),

changed as (
    select * from attributed
    union all
    select * from moved
    union all
    select * from removed
)
{%- endif -%}
{%- endmacro -%}

{#- Query of the profiles of the timeline's records: of all, or of the few that were staged since the last run. -#}
{%- macro timeline_record_profiles(taken) -%}
{%- if taken is none -%}
    select * from {{ ref('int_identity__record_profiles') }}
{%- else -%}
    {#- The combinations of these records first, so that the profiles of all others are not put in a hash table. -#}
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
        set_profiles.profile_id,
        set_profiles.assigned_run
    from staged_records
    inner join {{ ref('int_identity__combination_profiles') }} as set_profiles
        on staged_records.combination_key = set_profiles.combination_key
    where set_profiles.combination_key in (select staged_records.combination_key from staged_records)
{%- endif -%}
{%- endmacro -%}
