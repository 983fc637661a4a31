{%- macro matches(column, pattern) -%}
    {{- adapter.dispatch('matches')(column, pattern | replace("'", "''")) -}}
{%- endmacro -%}

{%- macro duckdb__matches(column, pattern) -%}
    regexp_matches({{ column }}, '{{ pattern }}')
{%- endmacro -%}

{%- macro postgres__matches(column, pattern) -%}
    {{ column }} ~ '{{ pattern }}'
{%- endmacro -%}
