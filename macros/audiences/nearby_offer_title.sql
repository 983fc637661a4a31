{% macro nearby_offer_title(product_name, store_name, discount_percent) %}
    {{ return(adapter.dispatch('nearby_offer_title', 'customer_data_platform')(
        product_name, store_name, discount_percent
    )) }}
{% endmacro %}

{% macro default__nearby_offer_title(product_name, store_name, discount_percent) %}
    '{{ discount_percent }}% off ' || {{ product_name }}
{%- endmacro %}
