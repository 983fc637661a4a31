{%- macro value_matches(value, pattern) -%}
    {{- adapter.dispatch('value_matches', 'customer_data_platform')(value, pattern) -}}
{%- endmacro -%}

{%- macro default__value_matches(value, pattern) -%}
    regexp_like({{ value }}, {{ pattern }})
{%- endmacro -%}

{%- macro duckdb__value_matches(value, pattern) -%}
    regexp_matches({{ value }}, {{ pattern }})
{%- endmacro -%}

{%- macro postgres__value_matches(value, pattern) -%}
    {{ value }} ~ {{ pattern }}
{%- endmacro -%}
