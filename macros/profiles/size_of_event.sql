{# Size of the product of an event, from its JSON properties; null where the source tells none. #}
{% macro size_of_event(properties) %}
    {{ return(adapter.dispatch('size_of_event', 'customer_data_platform')(properties)) }}
{% endmacro %}

{% macro default__size_of_event(properties) %}
    {{ trimmed(json_text('(' ~ parse_json(properties) ~ ')', ['size'])) }}
{%- endmacro %}
