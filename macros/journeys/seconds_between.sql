{# Seconds from one timestamp to a later one, as bigint, fractions dropped. #}
{% macro seconds_between(started_at, ended_at) %}
    {{ return(adapter.dispatch('seconds_between', 'customer_data_platform')(started_at, ended_at)) }}
{% endmacro %}

{% macro default__seconds_between(started_at, ended_at) %}
    cast(floor(extract(epoch from ({{ ended_at }} - {{ started_at }}))) as bigint)
{%- endmacro %}
