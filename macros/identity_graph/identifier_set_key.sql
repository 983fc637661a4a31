{#
    Integer that stands for the identifiers of a source's record: 63 bits of a hash of their keys. They are
    others under another seed, and so is it.
#}
{% macro identifier_set_key(source_number, keys) %}
    {{- adapter.dispatch('identifier_set_key')(source_number, keys) -}}
{% endmacro %}

{% macro duckdb__identifier_set_key(source_number, keys) -%}
    cast(hash({{ source_number }}, {{ keys | join(', ') }}) >> 1 as bigint)
{%- endmacro %}

{% macro postgres__identifier_set_key(source_number, keys) -%}
    {{- graph_set_hash(source_number, keys, 0) -}}
{%- endmacro %}

{# A second hash, in which two sets with one key differ. #}
{% macro identifier_set_check(source_number, keys) %}
    {{- adapter.dispatch('identifier_set_check')(source_number, keys) -}}
{% endmacro %}

{# The lowest bit is in it, since one key alone may differ in no other; the order of keys is the reverse. #}
{% macro duckdb__identifier_set_check(source_number, keys) -%}
    cast(hash({{ keys | reverse | join(', ') }}) & 9223372036854775807 as bigint)
{%- endmacro %}

{% macro postgres__identifier_set_check(source_number, keys) -%}
    {{- graph_set_hash(source_number, keys, 1) -}}
{%- endmacro %}

{% macro graph_set_hash(source_number, keys, seed) -%}
    (hashtextextended(concat({{ source_number }}, {% for key in keys %}'/', {{ key }}{{ ', ' if not loop.last }}{% endfor %}), {{ seed }}) & 9223372036854775807)
{%- endmacro %}
