{#-
    Settings of a model that lists the keys of an entity that changed, with the batch of the run that found them.
    `complete_since` says of each input from which batch on it tells all changes, as an expression over its rows.
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
    Query of the events that were written, replaced or removed since the last run, and of those that its `as_of()` left
    out. The last minutes before it count too, since a session that was open then may have gone on.
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

{#- Rows of a history, or of a list of changed keys, that are new since the last run; see `changed_events`. -#}
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

{#- The batch that was processed; beyond all in a full build, in which a list of changed keys begins without any. -#}
{%- macro batch_before() -%}
    {%- do return(processed_batch() or 9223372036854775807) -%}
{%- endmacro -%}
