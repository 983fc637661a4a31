{#
    A type that never links, an attribute, may have a limit per profile too. A profile holds a value of it
    through each of its identifiers that stands on a record with the value and is not shared. An identifier
    that stands with more values than the limit by itself, as a contact whose birth date was corrected does,
    tells nothing.

    Leaves ig_held_attributes, what the nodes hold in regions where some attribute has more values than its
    limit. `links` are tables of links by the side on which the node is.
#}
{% macro graph_hold_attributes(plan, links, nodes) %}
    {% if not graph_attribute_bearers(plan) %}
        {% do replace_temp_table('ig_held_attributes',
            'select cast(null as bigint) as identifier_key, cast(null as bigint) as region_id, 0 as strength,'
            ~ ' cast(null as bigint) as attribute_key where 1 = 0'
        ) %}
        {% do return('') %}
    {% endif %}
    {% set suspects %}
        select region_id
        from (
            select nodes.region_id, stated.attribute_key
            from ({{ graph_stated_attributes(plan, links) }}) as stated
            inner join {{ nodes }} as nodes on stated.identifier_key = nodes.identifier_key
            group by nodes.region_id, stated.attribute_key
        ) as contained
        group by region_id, {{ identifier_type_number('attribute_key') }}
        having count(*) > {{ graph_attribute_limit(plan, 'attribute_key') }}
    {% endset %}
    {% do replace_temp_table('ig_attribute_suspects', suspects) %}
    {% set stated %}
        select nodes.identifier_key, nodes.region_id, stated.attribute_key
        from ({{ graph_stated_attributes(plan, links) }}) as stated
        inner join {{ nodes }} as nodes on stated.identifier_key = nodes.identifier_key
        where nodes.region_id in (select region_id from ig_attribute_suspects)
    {% endset %}
    {% set has_suspects = query_is_true('select count(*) > 0 from ig_attribute_suspects') %}
    {% do replace_temp_table('ig_stated_attributes', stated if has_suspects
        else 'select region_id as identifier_key, region_id, region_id as attribute_key from ig_attribute_suspects'
    ) %}
    {% set held %}
        select
            stated.identifier_key,
            stated.region_id,
            {{ graph_strength(plan, 'stated.attribute_key') }} as strength,
            stated.attribute_key
        from (
            select
                *,
                count(*) over (
                    partition by identifier_key, {{ identifier_type_number('attribute_key') }}
                ) as value_count
            from ig_stated_attributes
        ) as stated
        inner join {{ graph_table('identifiers') }} as identifiers
            on stated.identifier_key = identifiers.identifier_key
        where
            not identifiers.is_shared
            and stated.value_count <= {{ graph_attribute_limit(plan, 'stated.attribute_key') }}
    {% endset %}
    {% do replace_temp_table('ig_held_attributes', held) %}
{% endmacro %}

{# Nodes that stand on a record with a value of a limited attribute. An override is no record. #}
{% macro graph_stated_attributes(plan, links) %}
    {% for side, table in links.items() %}
    {% set other = {'a': 'b', 'b': 'a'}[side] %}
    select
        identifier_key_{{ side }} as identifier_key,
        identifier_key_{{ other }} as attribute_key
    from {{ table }}
    where
        guard = 6
        and source_mask <> 1
        and {{ identifier_type_number('identifier_key_' ~ other) }} in ({{ graph_limited_attributes(plan) | join(', ') }})
    {{ 'union all' if not loop.last }}
    {% endfor %}
{% endmacro %}

{#
    Tables of the links between nodes of the regions and their attributes, by the side of the node. The
    stronger type has the lesser key, so mostly there is one side.
#}
{% macro graph_take_attributes(plan) %}
    {% set numbers = graph_limited_attributes(plan) %}
    {% set bearers = graph_attribute_bearers(plan) %}
    {% set tables = {} %}
    {% for side, other in [('a', 'b'), ('b', 'a')]
        if bearers and (numbers | max > bearers | min if side == 'a' else numbers | min < bearers | max) %}
        {% do graph_take('ig_attributes_' ~ side, 'links', 'identifier_key_' ~ side,
            'select identifier_key from ig_region_nodes where ' ~ identifier_type_number('identifier_key')
            ~ ' in (' ~ bearers | join(', ') ~ ')',
            columns=['identifier_key_a', 'identifier_key_b', 'source_mask', 'guard'],
            condition=identifier_type_number('identifier_key_' ~ other) ~ ' in (' ~ numbers | join(', ') ~ ')'
        ) %}
        {% do tables.update({side: 'ig_attributes_' ~ side}) %}
    {% endfor %}
    {% do return(tables) %}
{% endmacro %}

{# Numbers of the types that never link and have a limit per profile. #}
{% macro graph_limited_attributes(plan) %}
    {% set numbers = [] %}
    {% for type in plan.types if not type.is_linking and type.limit_per_profile is not none %}
        {% do numbers.append(plan.types.index(type)) %}
    {% endfor %}
    {% do return(numbers) %}
{% endmacro %}

{# Numbers of the linking types that some source has beside a limited attribute. #}
{% macro graph_attribute_bearers(plan) %}
    {% set names = [] %}
    {% for source in identity_sources() %}
        {% for number in graph_limited_attributes(plan) if plan.types[number].identifier_type in source.identifiers %}
            {% do names.extend(source.identifiers) %}
        {% endfor %}
    {% endfor %}
    {% set numbers = [] %}
    {% for type in plan.types if type.is_linking and type.identifier_type in names %}
        {% do numbers.append(plan.types.index(type)) %}
    {% endfor %}
    {% do return(numbers) %}
{% endmacro %}

{# How many values of an attribute a profile may hold. #}
{% macro graph_attribute_limit(plan, attribute_key) -%}
    case {{ identifier_type_number(attribute_key) }}
        {%- for number in graph_limited_attributes(plan) %}
        when {{ number }} then {{ plan.types[number].limit_per_profile }}
        {%- endfor %}
    end
{%- endmacro %}

{# Identifiers that came to hold values of a limited attribute or hold them no more: links, or being shared. #}
{% macro graph_attribute_ends(plan) %}
    {% if not graph_attribute_bearers(plan) %}
        {% do return('select cast(null as bigint) as identifier_key where 1 = 0') %}
    {% endif %}
    {% for side, other in [('a', 'b'), ('b', 'a')] %}
    select identifier_key_{{ side }} as identifier_key
    from (
        {% for links, change in [('ig_links_after', 1), ('ig_links_before', -1)] %}
        select identifier_key_a, identifier_key_b, {{ change }} as change
        from {{ links }}
        where
            source_mask <> 1
            and {{ identifier_type_number('identifier_key_' ~ other) }} in ({{ graph_limited_attributes(plan) | join(', ') }})
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as links
    group by identifier_key_a, identifier_key_b
    having sum(change) <> 0
    union
    {% endfor %}
    select judged.identifier_key
    from ig_identifiers_after as judged
    inner join ig_identifiers_before as before on judged.identifier_key = before.identifier_key
    where judged.is_shared <> before.is_shared
{% endmacro %}
