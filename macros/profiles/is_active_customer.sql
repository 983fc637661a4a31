{# Whether a person is an active customer: ordered lately. Null dates mean no order. #}
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
