{#
    Quotient of two non-negative integers, rounded down, as bigint. DuckDB's `/` would divide them as floating-point
    numbers.
#}
{% macro integer_quotient(dividend, divisor) %}
    {{- return(adapter.dispatch('integer_quotient', 'customer_data_platform')(dividend, divisor)) -}}
{% endmacro %}

{% macro default__integer_quotient(dividend, divisor) -%}
    cast(({{ dividend }}) / ({{ divisor }}) as bigint)
{%- endmacro %}

{% macro duckdb__integer_quotient(dividend, divisor) -%}
    cast(({{ dividend }}) // ({{ divisor }}) as bigint)
{%- endmacro %}
