{#-
    Settings of a model with at most a row an event, which is made of that event alone: built again for the
    events that changed, however many others the person has. `event_id` is the model's column of it, and
    `key` what the timeline calls it.
-#}
{%- macro by_event(event_id='event_id', key='event_id') -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_event',
        on_schema_change='append_new_columns',
        indexes=index_columns([event_id]),
        meta={'event_id': event_id, 'event_key': key},
    ) }}
{%- endmacro -%}

{%- macro get_incremental_by_event_sql(arguments) -%}
    {%- set since = changes_since() -%}
    {%- set condition -%}
        {{ is_changed_event(config.meta_get('event_id'), since, config.meta_get('event_key')) }}
    {%- endset -%}
    {{ replace_changed(arguments, [condition] if since is not none) }}
{%- endmacro -%}

{#- Condition that an event is one of those that were written or ended. Each is looked up by itself. -#}
{%- macro is_changed_event(column, since, key) -%}
    {{ column }} in (
            select versions.{{ key }} from {{ ref('int_journeys__events') }} as versions
            where {{ is_later_batch('versions._written_batch', since) }}
            union all
            select versions.{{ key }} from {{ ref('int_journeys__events') }} as versions
            where {{ is_later_batch('versions._ended_batch', since) }}
        )
{%- endmacro -%}

{#- Condition that a batch of the timeline came after those of which a batch of the log of changes tells. -#}
{%- macro is_later_batch(column, since) -%}
    {{ column }} > (
            select max(changes.taken_batch) from {{ ref('int_journeys__changes') }} as changes
            where changes.changed_batch <= {{ since }}
        )
{%- endmacro -%}
