{#
    Integer that stands for an identifier: 63 bits of a hash of its type and value, null where the
    value is null. Two identifiers with one key are found out when the dictionary takes them in, and
    the graph is built again with another seed. `identifier_type` is an expression.
#}
{% macro identifier_key(identifier_type, identifier_value, seed) %}
    {{- adapter.dispatch('identifier_key')(identifier_type, identifier_value, seed) -}}
{% endmacro %}

{% macro duckdb__identifier_key(identifier_type, identifier_value, seed) -%}
    case
        when {{ identifier_value }} is not null
            then cast(hash({{ seed }}, {{ identifier_type }}, {{ identifier_value }}) >> 1 as bigint)
    end
{%- endmacro %}

{% macro postgres__identifier_key(identifier_type, identifier_value, seed) -%}
    (hashtextextended({{ identifier_type }} || chr(31) || {{ identifier_value }}, {{ seed }}) & 9223372036854775807)
{%- endmacro %}
