{% macro value_holdout_days() %}
    {% set days = var('value_holdout_days', 90) | int %}
    {% if days < 1 %}
        {% do exceptions.raise_compiler_error(
            'value_holdout_days is ' ~ var('value_holdout_days') ~ ': set it to 1 or more.'
        ) %}
    {% endif %}
    {% do return(days) %}
{% endmacro %}
