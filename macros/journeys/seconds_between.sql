{# Number of whole seconds between two timestamps, as bigint. #}
{% macro seconds_between(started_at, ended_at) %}
    {{ return(adapter.dispatch('seconds_between', 'customer_data_platform')(started_at, ended_at)) }}
{% endmacro %}

{% macro default__seconds_between(started_at, ended_at) %}
    cast(floor(extract(epoch from ({{ ended_at }} - {{ started_at }}))) as bigint)
{%- endmacro %}
