{# Local time of a UTC timestamp in an IANA time zone; a null time zone counts as UTC. #}
{% macro local_time(timestamp, time_zone) %}
    {{ return(adapter.dispatch('local_time', 'customer_data_platform')(timestamp, time_zone)) }}
{% endmacro %}

{% macro default__local_time(timestamp, time_zone) %}
    (({{ timestamp }} at time zone 'UTC') at time zone coalesce({{ time_zone }}, 'UTC'))
{%- endmacro %}
