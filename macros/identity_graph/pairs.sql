{# Pairs of the identifiers of every combination. Pairs of positions are written out: most combinations are short. #}
{% macro graph_pairs(combinations, plan) %}
    {% set lengths = [2] %}
    {% for entry in identity_sources() %}{% do lengths.append(entry.identifiers | length) %}{% endfor %}
    {% set blocked_keys = '(select identifier_key from ig_blocked)' %}
    select
        pairs.combination_key,
        pairs.source_number,
        least(pairs.key_1, pairs.key_2) as identifier_key_a,
        greatest(pairs.key_1, pairs.key_2) as identifier_key_b,
        pairs.record_count,
        pairs.first_observed_at,
        pairs.last_observed_at,
        pairs.sample_record_id
    from (
        {% for second in range(2, lengths | max + 1) %}
        {% set outer = loop %}
        {% for first in range(1, second) %}
        select
            combination_key, source_number,
            identifier_keys[{{ first }}] as key_1,
            identifier_keys[{{ second }}] as key_2,
            record_count, first_observed_at, last_observed_at, sample_record_id
        from {{ combinations }}
        where identifier_count >= {{ second }}
        {{ 'union all' if not (outer.last and loop.last) }}
        {% endfor %}
        {% endfor %}
    ) as pairs
    where
        pairs.key_1 <> pairs.key_2
        and (
            pairs.source_number = 0
            or (pairs.key_1 not in {{ blocked_keys }} and pairs.key_2 not in {{ blocked_keys }})
        )
{% endmacro %}

{% macro graph_folded_pairs(pairs) %}
    select
        identifier_key_a,
        identifier_key_b,
        cast(sum(record_count) as bigint) as record_count,
        bit_or(cast(1 as bigint) << least(source_number, 62)) as source_mask,
        {# Source and record belong together, so the least of them is picked as one text. #}
        min({{ source_model('source_number') }} || ':' || sample_record_id) as sample_record,
        min(first_observed_at) as first_observed_at,
        max(last_observed_at) as last_observed_at
    from ({{ pairs }}) as pairs
    group by identifier_key_a, identifier_key_b
{% endmacro %}

{# Hash of two identifiers, the lesser first; each argument is a relation with their type and value. #}
{% macro link_id(relation_a, relation_b) -%}
    {%- set name_a = relation_a ~ ".identifier_type || chr(31) || " ~ relation_a ~ ".identifier_value" -%}
    {%- set name_b = relation_b ~ ".identifier_type || chr(31) || " ~ relation_b ~ ".identifier_value" -%}
    md5(least({{ name_a }}, {{ name_b }}) || chr(31) || greatest({{ name_a }}, {{ name_b }}))
{%- endmacro %}

{# Number of sources in a bit mask of sources. #}
{% macro source_count(mask) %}
    {{- adapter.dispatch('source_count')(mask) -}}
{% endmacro %}

{% macro default__source_count(mask) -%}
    cast(bit_count({{ mask }}) as bigint)
{%- endmacro %}

{% macro postgres__source_count(mask) -%}
    bit_count(cast({{ mask }} as bit(64)))
{%- endmacro %}

{# Staging model of a source number. #}
{% macro source_model(source_number) -%}
    case {{ source_number }}
        {%- for source in graph_sources() %}
        when {{ source.number }} then '{{ source.model }}'
        {%- endfor %}
    end
{%- endmacro %}
