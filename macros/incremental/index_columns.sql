{#- One single-column index per column on PostgreSQL; none on engines that scan. -#}
{%- macro index_columns(columns) -%}
    {{- return(adapter.dispatch('index_columns')(columns)) -}}
{%- endmacro -%}

{%- macro default__index_columns(columns) -%}
    {{- return([]) -}}
{%- endmacro -%}

{%- macro postgres__index_columns(columns) -%}
    {%- set indexes = [] -%}
    {%- for column in columns -%}{%- do indexes.append({'columns': [column]}) -%}{%- endfor -%}
    {{- return(indexes) -}}
{%- endmacro -%}
