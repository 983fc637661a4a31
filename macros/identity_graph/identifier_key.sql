{#
    Integer that stands for an identifier: 63 bits of a hash of its type and value, null where the
    value is null. Two identifiers with one key are found out when the dictionary takes them in, and
    the graph is built again with another seed; tests make keys shorter to see that. `identifier_type`
    is an expression.
#}
{% macro identifier_key(identifier_type, identifier_value, seed, key_bits=var('identifier_key_bits', 63)) %}
    {{- adapter.dispatch('identifier_key')(identifier_type, identifier_value, seed, key_bits) -}}
{% endmacro %}

{% macro duckdb__identifier_key(identifier_type, identifier_value, seed, key_bits) -%}
    case
        when {{ identifier_value }} is not null
            then cast(hash({{ seed }}, {{ identifier_type }}, {{ identifier_value }}) >> {{ 64 - key_bits }} as bigint)
    end
{%- endmacro %}

{% macro postgres__identifier_key(identifier_type, identifier_value, seed, key_bits) -%}
    {%- set largest = 2 ** key_bits - 1 -%}
    (hashtextextended({{ identifier_type }} || chr(31) || {{ identifier_value }}, {{ seed }}) & {{ largest }})
{%- endmacro %}
