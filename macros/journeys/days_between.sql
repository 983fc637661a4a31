{# Whole days of 24 hours from one timestamp to a later one, as bigint. #}
{% macro days_between(started_at, ended_at) %}
    cast(
        floor(extract(epoch from ({{ ended_at }} - {{ started_at }})) / 86400) as bigint
    )
{%- endmacro %}
