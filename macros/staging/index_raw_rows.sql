{%- macro index_raw_rows() -%}
    {{- adapter.dispatch('index_raw_rows')(raw_relation()) -}}
{%- endmacro -%}

{%- macro default__index_raw_rows(relation) -%}
{%- endmacro -%}

{#- A BRIN index is small and sufficient, because raw rows are stored in the order in which they
    landed. -#}
{%- macro postgres__index_raw_rows(relation) -%}
    create index if not exists "{{ relation.identifier }}__loaded_at"
    on {{ relation }} using brin (_loaded_at)
{%- endmacro -%}
