{#
    SHA-256 of `type:value` in lower-case hexadecimal: recognises an identifier without storing it.
#}
{% macro erasure_hash(identifier_type, identifier_value) %}
    {{ return(adapter.dispatch('erasure_hash', 'customer_data_platform')(
        identifier_type, identifier_value
    )) }}
{% endmacro %}

{% macro default__erasure_hash(identifier_type, identifier_value) %}
    sha256({{ identifier_type }} || ':' || {{ identifier_value }})
{%- endmacro %}

{% macro postgres__erasure_hash(identifier_type, identifier_value) %}
    encode(sha256(convert_to({{ identifier_type }} || ':' || {{ identifier_value }}, 'UTF8')), 'hex')
{%- endmacro %}
