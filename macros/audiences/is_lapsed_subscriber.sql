{# A lapsed subscriber received enough emails within the window and opened or clicked none. #}
{% macro is_lapsed_subscriber(sent_count, engaged_count) %}
    {{ return(adapter.dispatch('is_lapsed_subscriber', 'customer_data_platform')(
        sent_count, engaged_count
    )) }}
{% endmacro %}

{% macro default__is_lapsed_subscriber(sent_count, engaged_count) %}
    ({{ sent_count }} >= {{ var('lapsed_subscriber_emails') }} and {{ engaged_count }} = 0)
{%- endmacro %}
