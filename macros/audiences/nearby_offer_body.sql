{% macro nearby_offer_body(product_name, store_name, discount_percent, discount_code) %}
    {{ return(adapter.dispatch('nearby_offer_body', 'customer_data_platform')(
        product_name, store_name, discount_percent, discount_code
    )) }}
{% endmacro %}

{% macro default__nearby_offer_body(product_name, store_name, discount_percent, discount_code) %}
    'You are near ' || {{ store_name }} || ', which has the ' || {{ product_name }}
    || ' you looked at. Show the code ' || {{ discount_code }}
    || ' at the till today for {{ discount_percent }}% off.'
{%- endmacro %}
