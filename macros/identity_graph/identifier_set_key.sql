{# Integer that stands for the identifiers of a source's record: 63 bits of a hash of their keys. #}
{% macro identifier_set_key(source_number, keys, seed) %}
    {{- adapter.dispatch('identifier_set_key')(source_number, keys, seed) -}}
{% endmacro %}

{% macro duckdb__identifier_set_key(source_number, keys, seed) -%}
    cast(hash({{ seed }}, {{ source_number }}, {{ keys | join(', ') }}) >> 1 as bigint)
{%- endmacro %}

{% macro postgres__identifier_set_key(source_number, keys, seed) -%}
    (hashtextextended(concat({{ source_number }}, {% for key in keys %}'/', {{ key }}{{ ', ' if not loop.last }}{% endfor %}), {{ seed }}) & 9223372036854775807)
{%- endmacro %}
