{# Sample variance of the rows that a condition holds for, as double precision; 0 of a single row. #}
{% macro variance_of(expression, condition) %}
    coalesce(
        var_samp(case when {{ condition }} then cast({{ expression }} as double precision) end), 0
    )
{%- endmacro %}
