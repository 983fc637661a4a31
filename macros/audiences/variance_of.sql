{# Double precision; 0 for a single row. #}
{% macro variance_of(expression, condition) %}
    coalesce(
        var_samp(case when {{ condition }} then cast({{ expression }} as double precision) end), 0
    )
{%- endmacro %}
