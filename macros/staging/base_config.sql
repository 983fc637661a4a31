{#- The settings that every base model shares; the model's file calls it first. -#}
{%- macro base_config() -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='staging',
        unique_key='_record_key',
        on_schema_change='fail',
        contract={'enforced': true},
        indexes=adapter.dispatch('base_indexes')(),
        pre_hook="{{ index_raw_rows() }}"
    ) }}
{%- endmacro -%}

{%- macro default__base_indexes() -%}
    {{- return([]) -}}
{%- endmacro -%}

{#- A small delta must not read a large table: it looks up touched keys and loads that went, and
    who reads changes looks up batches. -#}
{%- macro postgres__base_indexes() -%}
    {{- return([
        {'columns': ['_record_key']},
        {'columns': ['_load_id', '_loaded_at']},
        {'columns': ['_staged_batch']},
    ]) -}}
{%- endmacro -%}
