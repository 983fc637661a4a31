{#
    Whether a session is engaged: an order, an addition to the basket, two pages or screens, or ten seconds. The
    thresholds are those of Google Analytics 4, plus the basket.
#}
{% macro is_engaged_session(order_count, product_added_count, view_count, duration_seconds) %}
    {{ return(adapter.dispatch('is_engaged_session', 'customer_data_platform')(
        order_count, product_added_count, view_count, duration_seconds
    )) }}
{% endmacro %}

{% macro default__is_engaged_session(
    order_count, product_added_count, view_count, duration_seconds
) %}
    (
        {{ order_count }} > 0
        or {{ product_added_count }} > 0
        or {{ view_count }} >= 2
        or {{ duration_seconds }} >= 10
    )
{%- endmacro %}
