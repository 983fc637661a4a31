{%- macro index_raw_rows() -%}
    {{- adapter.dispatch('index_raw_rows')(raw_relation()) -}}
{%- endmacro -%}

{%- macro default__index_raw_rows(relation) -%}
{%- endmacro -%}

{#- Raw rows lie in the order of their landing, so the smallest of indexes finds the latest. -#}
{%- macro postgres__index_raw_rows(relation) -%}
    create index if not exists "{{ relation.identifier }}__loaded_at"
    on {{ relation }} using brin (_loaded_at)
{%- endmacro -%}
