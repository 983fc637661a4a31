{#
    A non-negative amount divided by a count, rounded half up to cents; null if the count is 0. Computed in whole
    cents, because DuckDB divides decimals as floating-point numbers and so rounds some halves down that PostgreSQL
    rounds up.
#}
{% macro average_amount(amount, count) %}
    {%- set doubled = "(2 * cast(100 * " ~ amount ~ " as bigint) + " ~ count ~ ")" -%}
    {%- set divisor = "nullif(2 * " ~ count ~ ", 0)" -%}
    cast(
        cast(({{ doubled }} - {{ doubled }} % {{ divisor }}) / {{ divisor }} as bigint) / 100.0
        as numeric(18, 2)
    )
{%- endmacro %}
