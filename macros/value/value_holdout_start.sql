{# Last date that is known to the fit whose forecasts are measured on what came after. #}
{% macro value_holdout_start() %}
    cast({{ as_of() }} - interval '{{ value_holdout_days() }} days' as date)
{%- endmacro %}
