{% macro hashed_address(email) %}
    {{ return(adapter.dispatch('hashed_address', 'customer_data_platform')(email)) }}
{% endmacro %}

{% macro default__hashed_address(email) %}
    sha256(lower(trim({{ email }})))
{%- endmacro %}

{% macro postgres__hashed_address(email) %}
    encode(sha256(convert_to(lower(trim({{ email }})), 'UTF8')), 'hex')
{%- endmacro %}
