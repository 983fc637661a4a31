{# Whether a profile is an active customer, that is, ordered recently. A null date means no order. #}
{% macro is_active_customer(last_ordered_at, now) %}
    {{ return(adapter.dispatch('is_active_customer', 'customer_data_platform')(
        last_ordered_at, now
    )) }}
{% endmacro %}

{% macro default__is_active_customer(last_ordered_at, now) %}
    coalesce(
        {{ last_ordered_at }} > {{ now }} - interval '{{ var("at_risk_after_days") }} days', false
    )
{%- endmacro %}
