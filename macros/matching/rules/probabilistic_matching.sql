{% macro probabilistic_matching() %}
    {% set value = env_var('CDP_PROBABILISTIC_MATCHING', '') or var('probabilistic_matching', false) %}
    {% if value | string | lower not in ['true', 'false'] %}
        {% do exceptions.raise_compiler_error('probabilistic_matching is neither true nor false: set it to one of them.') %}
    {% endif %}
    {% do return(value | string | lower == 'true') %}
{% endmacro %}
