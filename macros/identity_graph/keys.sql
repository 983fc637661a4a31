{#
    Integer key of an identifier: the number of its type in the upper six bits, a hash of its value in the lower 57;
    null if the value is null. So a key tells its type without a look-up, and keys of one type are adjacent.
    Collisions are found when the dictionary learns an identifier, and the graph is built again with another
    seed; tests shorten the hash to cause them.
    `identifier_type` is an expression, best a literal; `types` those of `graph_identifier_types`.
#}
{% macro identifier_key(identifier_type, identifier_value, seed, types) %}
    {%- set bits = var('identifier_key_bits', identifier_hash_bits()) -%}
    case
        when {{ identifier_value }} is not null
            then {{ identifier_key_base(identifier_type, types) }} + {{ identifier_hash(identifier_value, seed, bits) }}
    end
{%- endmacro %}

{# The smallest key of a type. #}
{% macro identifier_key_base(identifier_type, types) -%}
    {%- set cases = [] -%}
    {%- set known = namespace(base=none) -%}
    {%- for type in types -%}
        {%- set literal = "'" ~ type.identifier_type ~ "'" -%}
        {%- set base = 'cast(' ~ loop.index0 * 2 ** identifier_hash_bits() ~ ' as bigint)' -%}
        {%- do cases.append('when ' ~ literal ~ ' then ' ~ base) -%}
        {%- if literal == identifier_type -%}{%- set known.base = base -%}{%- endif -%}
    {%- endfor -%}
    {{ known.base or 'case ' ~ identifier_type ~ ' ' ~ cases | join(' ') ~ ' end' }}
{%- endmacro %}

{# 63 bits, of which six are the type. #}
{% macro identifier_hash_bits() %}{% do return(57) %}{% endmacro %}

{# Number of the type of a key; 0 has the highest priority. #}
{% macro identifier_type_number(identifier_key) -%}
    ({{ identifier_key }} >> {{ identifier_hash_bits() }})
{%- endmacro %}

{# The given number of bits of a hash of a text. #}
{% macro identifier_hash(identifier_value, seed, bits) %}
    {{- adapter.dispatch('identifier_hash')(identifier_value, seed, bits) -}}
{% endmacro %}

{# Not hash(seed, value): it combines two hashes so that collisions stay under any seed. #}
{% macro duckdb__identifier_hash(identifier_value, seed, bits) -%}
    cast(hash({{ "'" ~ seed ~ "/' || " if seed != 0 }}{{ identifier_value }}) >> {{ 64 - bits }} as bigint)
{%- endmacro %}

{% macro postgres__identifier_hash(identifier_value, seed, bits) -%}
    (hashtextextended({{ identifier_value }}, {{ seed }}) & {{ 2 ** bits - 1 }})
{%- endmacro %}

{# A second hash of an identifier, in which two values with the same key differ. #}
{% macro identifier_check(identifier_value, seed) -%}
    {{ identifier_hash(identifier_value, -1 - seed, 63) }}
{%- endmacro %}

{# Integer to look up a record of a source; not unique. #}
{% macro source_record_key(source_number, record_id) -%}
    {{- adapter.dispatch('source_record_key')(source_number, record_id) -}}
{%- endmacro %}

{% macro duckdb__source_record_key(source_number, record_id) -%}
    cast(hash({{ source_number }}, {{ record_id }}) >> 1 as bigint)
{%- endmacro %}

{% macro postgres__source_record_key(source_number, record_id) -%}
    hashtextextended({{ record_id }}, {{ source_number }})
{%- endmacro %}

{#
    Integer key of an identifier combination of a source: 63 bits of a hash of the identifiers' keys.
#}
{% macro identifier_combination_key(source_number, keys) %}
    {{- adapter.dispatch('identifier_combination_key')(source_number, keys) -}}
{% endmacro %}

{% macro duckdb__identifier_combination_key(source_number, keys) -%}
    cast(hash({{ source_number }}, {{ keys | join(', ') }}) >> 1 as bigint)
{%- endmacro %}

{% macro postgres__identifier_combination_key(source_number, keys) -%}
    {{- combination_hash(source_number, keys, 0) -}}
{%- endmacro %}

{# A second hash, in which two combinations with the same key differ. #}
{% macro identifier_combination_check(source_number, keys) %}
    {{- adapter.dispatch('identifier_combination_check')(source_number, keys) -}}
{% endmacro %}

{# Keeps the lowest bit, the only one in which single keys may differ, and reverses the order of keys. #}
{% macro duckdb__identifier_combination_check(source_number, keys) -%}
    cast(hash({{ keys | reverse | join(', ') }}) & 9223372036854775807 as bigint)
{%- endmacro %}

{% macro postgres__identifier_combination_check(source_number, keys) -%}
    {{- combination_hash(source_number, keys, 1) -}}
{%- endmacro %}

{% macro combination_hash(source_number, keys, seed) -%}
    (hashtextextended(concat({{ source_number }}, {% for key in keys %}'/', {{ key }}{{ ', ' if not loop.last }}{% endfor %}), {{ seed }}) & 9223372036854775807)
{%- endmacro %}
