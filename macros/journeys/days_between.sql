{# Number of whole 24-hour days between two timestamps, as bigint. #}
{% macro days_between(started_at, ended_at) %}
    cast(
        floor(extract(epoch from ({{ ended_at }} - {{ started_at }})) / 86400) as bigint
    )
{%- endmacro %}
