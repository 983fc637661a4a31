{% macro hash_bucket(expression) %}
    {{ return(adapter.dispatch('hash_bucket', 'customer_data_platform')(expression)) }}
{% endmacro %}

{% macro default__hash_bucket(expression) %}
    (cast('0x' || substr(md5({{ expression }}), 1, 15) as bigint) % 1000000)
{%- endmacro %}

{% macro postgres__hash_bucket(expression) %}
    (cast(cast('x0' || substr(md5({{ expression }}), 1, 15) as bit(64)) as bigint) % 1000000)
{%- endmacro %}
