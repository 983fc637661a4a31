{# When a version in a snapshot begins: the run's `as_of()`, as everywhere, and not the clock. #}
{% macro default__snapshot_get_time() %}
    {{- as_of() -}}
{% endmacro %}
