{#- Indexes, a column each, for an engine that looks few rows of a large table up by them; the others none. -#}
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
