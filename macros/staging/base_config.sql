{#- `in_place`: whether the model reads a table that another tool keeps in the warehouse. -#}
{%- macro base_config(in_place=false) -%}
    {{ config(
        enabled=connector_is_on(),
        materialized='incremental',
        incremental_strategy='staging',
        unique_key='_record_key',
        on_schema_change='fail',
        contract={'enforced': true},
        indexes=adapter.dispatch('base_indexes')(),
        pre_hook=[] if in_place else "{{ index_raw_rows() }}"
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
