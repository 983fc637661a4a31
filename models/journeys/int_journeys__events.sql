{{ history_of(['event_id'], indexes=['event_id', 'profile_id', 'visitor_id']) }}

{%- set taken = timeline_taken() %}

with

timeline as (
    select * from {{ ref('int_journeys__timeline') }}
    where {{ staged_since(taken) }}
),

record_profiles as (
    {{ timeline_record_profiles(taken) }}
),

event_types as (
    select * from {{ ref('event_types') }}
),

staged_events as (
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

{{ changed_event_ctes(taken) }}

select
    *,
    cast(case when _staged_batch is not null then {{ current_batch() }} end as bigint)
        as valid_from_batch,
    cast(null as bigint) as valid_to_batch
from changed
