{# A UTC timestamp on the clocks of an IANA time zone (UTC where there is none). #}
{% macro local_time(timestamp, time_zone) %}
    {{ return(adapter.dispatch('local_time', 'customer_data_platform')(timestamp, time_zone)) }}
{% endmacro %}

{% macro default__local_time(timestamp, time_zone) %}
    (({{ timestamp }} at time zone 'UTC') at time zone coalesce({{ time_zone }}, 'UTC'))
{%- endmacro %}
