{#
    Integer that stands for an identifier: the number of its type above, and a hash of its value in the 57
    bits below; null where the value is null. So a key tells its type without a look-up, and keys of one
    type lie together. Two identifiers with one key are found out when the dictionary takes them in, and
    the graph is built again with another seed; tests make hashes shorter to see that.
    `identifier_type` is an expression, best a literal; `types` those of `graph_identifier_types`.
#}
{% macro identifier_key(identifier_type, identifier_value, seed, types) %}
    {%- set bits = var('identifier_key_bits', identifier_hash_bits()) -%}
    case
        when {{ identifier_value }} is not null
            then {{ identifier_key_base(identifier_type, types) }} + {{ identifier_hash(identifier_value, seed, bits) }}
    end
{%- endmacro %}

{# The least key of a type. #}
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

{# 63 bits, of which six say the type. #}
{% macro identifier_hash_bits() %}{% do return(57) %}{% endmacro %}

{# Number of the type that a key says: 0 is the strongest. #}
{% macro identifier_type_number(identifier_key) -%}
    ({{ identifier_key }} >> {{ identifier_hash_bits() }})
{%- endmacro %}

{# So many bits of a hash of a text. #}
{% macro identifier_hash(identifier_value, seed, bits) %}
    {{- adapter.dispatch('identifier_hash')(identifier_value, seed, bits) -}}
{% endmacro %}

{# hash(seed, value) would not do: it combines two hashes in a way that keeps collisions whatever the seed. #}
{% macro duckdb__identifier_hash(identifier_value, seed, bits) -%}
    cast(hash({{ "'" ~ seed ~ "/' || " if seed != 0 }}{{ identifier_value }}) >> {{ 64 - bits }} as bigint)
{%- endmacro %}

{% macro postgres__identifier_hash(identifier_value, seed, bits) -%}
    (hashtextextended({{ identifier_value }}, {{ seed }}) & {{ 2 ** bits - 1 }})
{%- endmacro %}

{# A second hash of an identifier: two values with one key differ in it. #}
{% macro identifier_check(identifier_value, seed) -%}
    {{ identifier_hash(identifier_value, -1 - seed, 63) }}
{%- endmacro %}

{# Integer by which a source's record is looked up; two records may have the same. #}
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
    Integer that stands for the identifiers of a source's record: 63 bits of a hash of their keys. They are
    others under another seed, and so is it.
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

{# A second hash, in which two sets with one key differ. #}
{% macro identifier_combination_check(source_number, keys) %}
    {{- adapter.dispatch('identifier_combination_check')(source_number, keys) -}}
{% endmacro %}

{# The lowest bit is in it, since one key alone may differ in no other; the order of keys is the reverse. #}
{% macro duckdb__identifier_combination_check(source_number, keys) -%}
    cast(hash({{ keys | reverse | join(', ') }}) & 9223372036854775807 as bigint)
{%- endmacro %}

{% macro postgres__identifier_combination_check(source_number, keys) -%}
    {{- combination_hash(source_number, keys, 1) -}}
{%- endmacro %}

{% macro combination_hash(source_number, keys, seed) -%}
    (hashtextextended(concat({{ source_number }}, {% for key in keys %}'/', {{ key }}{{ ', ' if not loop.last }}{% endfor %}), {{ seed }}) & 9223372036854775807)
{%- endmacro %}
