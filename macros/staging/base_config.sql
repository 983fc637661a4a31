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

{#- An incremental run looks up existing rows by record key and by load; readers of changes look up
    batches. -#}
{%- macro postgres__base_indexes() -%}
    {{- return([
        {'columns': ['_record_key']},
        {'columns': ['_load_id', '_loaded_at']},
        {'columns': ['_staged_batch']},
    ]) -}}
{%- endmacro -%}
