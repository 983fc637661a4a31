{#-
    Settings of a model that lists the changed keys of an entity, with the batch of the run that found the change.
    `complete_since` maps each input to an SQL expression over its rows: the first batch from which on the input lists
    all changes.
-#}
{%- macro lists_changed_keys(complete_since) -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='replace_changed',
        on_schema_change='append_new_columns',
        meta={'complete_since': complete_since},
        post_hook="{{ record_processed() }}",
    ) }}
    {%- for input in complete_since if not execute -%}{%- do ref(input) -%}{%- endfor -%}
{%- endmacro -%}

{#-
    Query of the events that were written, replaced or removed since the last run, and of the events that were still in
    the future at its `as_of()`. Events shortly before that `as_of()` are included, since a session that was open then
    may have continued.
-#}
{%- macro changed_events() -%}
    {%- set as_of_before = "cast('" ~ processed_as_of() ~ "' as timestamp)" if processed_as_of() else as_of() -%}
    select * from {{ ref('int_journeys__events') }}
    where
        valid_from_batch > {{ batch_before() }}
        or valid_to_batch > {{ batch_before() }}
        or (
            valid_to_batch is null
            and occurred_at > {{ as_of_before }}
            - interval '{{ var("session_timeout_minutes") }} minutes'
            and occurred_at <= {{ as_of() }}
        )
{%- endmacro -%}

{#- Rows of a history that were added or closed since the last run. -#}
{%- macro changed_in_history(model_name) -%}
    select * from {{ ref(model_name) }}
    where
        valid_from_batch > {{ batch_before() }}
        or valid_to_batch > {{ batch_before() }}
{%- endmacro -%}

{%- macro new_changed_keys(model_name) -%}
    select * from {{ ref(model_name) }}
    where batch > {{ batch_before() }}
{%- endmacro -%}

{#- Last processed batch. In a full build the largest bigint, so that the list of changed keys starts empty. -#}
{%- macro batch_before() -%}
    {%- do return(processed_batch() or 9223372036854775807) -%}
{%- endmacro -%}
