{% macro value_holdout_start() %}
    cast({{ as_of() }} - interval '{{ value_holdout_days() }} days' as date)
{%- endmacro %}
