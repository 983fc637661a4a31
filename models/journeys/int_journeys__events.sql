{{ config(
    materialized='incremental',
    incremental_strategy='versions',
    unique_key='event_id',
    on_schema_change='append_new_columns',
    indexes=index_columns(['event_id', 'profile_id', 'visitor_id', '_written_batch', '_ended_batch']),
) }}

{%- set taken = timeline_taken() -%}

with

timeline as (
    select * from {{ ref('int_journeys__timeline') }}
    {% if taken is not none %}
    where {{ staged_since(taken) }}
    {% endif %}
),

{% if taken is not none -%}
-- The sets of these records first, so that the profiles of all others are not put in a hash table.
staged_records as materialized (
    select
        source_number,
        record_id,
        combination_key
    from {{ graph_table('records', ref('identity_graph')) }}
    where
        source_number <> 0
        and record_id in (select timeline.record_id from timeline)
),

record_profiles as (
    select
        {{ source_model('staged_records.source_number') }} as source_model,
        staged_records.record_id,
        set_profiles.profile_id,
        set_profiles.assigned_run
    from staged_records
    inner join {{ ref('int_identity__combination_profiles') }} as set_profiles
        on staged_records.combination_key = set_profiles.combination_key
    where set_profiles.combination_key in (select staged_records.combination_key from staged_records)
),

{% else -%}
record_profiles as (
    select * from {{ ref('int_identity__record_profiles') }}
),

{% endif -%}
event_types as (
    select * from {{ ref('event_types') }}
),

attributed as (
    select
        {{ surrogate_key(['timeline.source_model', 'timeline.record_id']) }} as event_id,
        record_profiles.profile_id,
        timeline.source_model,
        timeline.record_id,
        timeline.channel,
        timeline.event_name,
        coalesce(event_types.is_interaction, false) as is_interaction,
        {%- for column in timeline_columns() %}
        timeline.{{ column }},
        {%- endfor %}
        timeline.occurred_at,
        timeline._staged_batch,
        coalesce(record_profiles.assigned_run, 0) as _attributed_run
    from timeline
    left join record_profiles
        on
            timeline.source_model = record_profiles.source_model
            and timeline.record_id = record_profiles.record_id
    left join event_types on timeline.event_name = event_types.event_name
),

{% if taken is not none %}
touched_records as (
    {{ records_touched_since(taken) }}
),

touched as (
    select {{ surrogate_key(['source_model', 'record_id']) }} as event_id
    from touched_records
),

{{ moved_event_ctes(taken) }},

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
),

{% endif %}
stamped as (
    select
        *,
        {{ versions_batch() }} as _written_batch,
        cast(null as bigint) as _ended_batch
    from {{ 'attributed' if taken is none else 'changed' }}
)

select * from stamped
