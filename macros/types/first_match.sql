{#- What the first group of a regular expression matches; null without a match. -#}
{%- macro first_match(column, pattern) -%}
    {{- adapter.dispatch('first_match')(column, pattern) -}}
{%- endmacro -%}

{%- macro duckdb__first_match(column, pattern) -%}
    nullif(regexp_extract({{ column }}, '{{ pattern }}', 1), '')
{%- endmacro -%}

{%- macro postgres__first_match(column, pattern) -%}
    substring({{ column }} from '{{ pattern }}')
{%- endmacro -%}
