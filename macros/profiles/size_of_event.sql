{# Size of the product in an event, from its JSON properties; null if the source reports none. #}
{% macro size_of_event(properties) %}
    {{ return(adapter.dispatch('size_of_event', 'customer_data_platform')(properties)) }}
{% endmacro %}

{% macro default__size_of_event(properties) %}
    {{ trimmed(json_text('(' ~ parse_json(properties) ~ ')', ['size'])) }}
{%- endmacro %}
