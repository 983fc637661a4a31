{# Start of a snapshot version: the run's `as_of()` instead of the clock, as in all models. #}
{% macro default__snapshot_get_time() %}
    {{- as_of() -}}
{% endmacro %}
