{# Top spending quintile. #}
{% macro is_vip(monetary_score) %}
    {{ return(adapter.dispatch('is_vip', 'customer_data_platform')(monetary_score)) }}
{% endmacro %}

{% macro default__is_vip(monetary_score) %}
    {{ monetary_score }} = 5
{%- endmacro %}
