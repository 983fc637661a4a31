{#
    A type that never links, an attribute, may have a limit per profile too. A profile holds a value of it
    through each of its identifiers that stands on a record with the value and is not shared. An identifier that
    alone stands with more values than the limit, as a contact whose birth date was corrected does, is ignored.

    Leaves ig_held_attributes: what nodes hold in components where an attribute has more values than its limit.
#}
{% macro graph_hold_attributes(plan) %}
    {% set attribute_links = graph_attribute_links(plan) %}
    {% set stated %}
        select nodes.identifier_key, nodes.component_id, links.attribute_key,
            {{ identifier_type_number('links.attribute_key') }} as type_number
        from ({{ attribute_links }}) as links
        inner join ig_component_nodes as nodes on links.identifier_key = nodes.identifier_key
    {% endset %}
    {% call graph_temp_table('ig_attribute_suspects') %}
        select component_id
        from (select distinct component_id, type_number, attribute_key from ({{ stated }}) as stated) as contained
        inner join ig_types as types on contained.type_number = types.type_number
        group by component_id, contained.type_number, types.limit_per_profile
        having count(*) > types.limit_per_profile
    {% endcall %}
    {# Mostly there are none, and the links need not be read again. #}
    {% set has_suspects = query_is_true('select count(*) > 0 from ig_attribute_suspects') %}
    {% call graph_temp_table('ig_held_attributes') %}
        select stated.identifier_key, stated.component_id, stated.type_number, stated.attribute_key
        from (
            select *, count(*) over (partition by identifier_key, type_number) as value_count
            from ({{ stated if has_suspects else graph_no_attributes() }}) as stated
            where component_id in (select component_id from ig_attribute_suspects)
        ) as stated
        inner join ig_types as types on stated.type_number = types.type_number
        inner join {{ graph_table('identifiers') }} as identifiers
            on stated.identifier_key = identifiers.identifier_key
        where not identifiers.is_shared and stated.value_count <= types.limit_per_profile
    {% endcall %}
{% endmacro %}

{% macro graph_no_attributes() %}
    select identifier_key, component_id, identifier_key as attribute_key, type_number from ig_component_nodes where 1 = 0
{% endmacro %}

{#
    Nodes that stand on a record with a value of a limited attribute: identifier_key and attribute_key. The
    type of higher priority has the lesser key, so mostly the nodes are on one side of such links.
#}
{% macro graph_attribute_links(plan) %}
    {% set attributes = graph_type_numbers(plan, is_linking=false, has_limit=true) %}
    {% set bearers = graph_attribute_bearers(plan) %}
    {% set queries = [] %}
    {% for side, other in [('a', 'b'), ('b', 'a')]
        if bearers and (attributes | max > bearers | min if side == 'a' else attributes | min < bearers | max) %}
        {% set links = graph_table('links') %}
        {% if not plan.is_rebuild %}
            {% set links = 'ig_attributes_' ~ side %}
            {% do graph_take(links, 'links', 'identifier_key_' ~ side,
                'select identifier_key from ig_component_nodes where type_number in (' ~ bearers | join(', ') ~ ')',
                columns=['identifier_key_a', 'identifier_key_b', 'source_mask', 'status'],
                condition=graph_is_of_types('identifier_key_' ~ other, attributes)
            ) %}
        {% endif %}
        {% do queries.append(
            'select identifier_key_' ~ side ~ ' as identifier_key, identifier_key_' ~ other ~ ' as attribute_key from ' ~ links
            ~ " where status = 'attribute' and source_mask <> 1 and " ~ graph_is_of_types('identifier_key_' ~ other, attributes)
        ) %}
    {% endfor %}
    {% do return(queries | join(' union all ')
        or 'select cast(null as bigint) as identifier_key, cast(null as bigint) as attribute_key where 1 = 0') %}
{% endmacro %}

{# Numbers of the linking types that some source has beside a limited attribute. #}
{% macro graph_attribute_bearers(plan) %}
    {% set attributes = graph_type_numbers(plan, is_linking=false, has_limit=true) %}
    {% set names = [] %}
    {% for source in identity_sources() %}
        {% for type in plan.types if type.number in attributes and type.identifier_type in source.identifiers %}
            {% do names.extend(source.identifiers) %}
        {% endfor %}
    {% endfor %}
    {% set numbers = [] %}
    {% for type in plan.types if type.is_linking and type.identifier_type in names %}{% do numbers.append(type.number) %}{% endfor %}
    {% do return(numbers) %}
{% endmacro %}

{# Identifiers that came to hold values of a limited attribute or hold them no more: by links, or by being shared. #}
{% macro graph_attribute_ends(plan) %}
    {% set attributes = graph_type_numbers(plan, is_linking=false, has_limit=true) %}
    {% for side, other in [('a', 'b'), ('b', 'a')] %}
    select identifier_key_{{ side }} as identifier_key
    from (
        {% for links, change in [('ig_links_after', 1), ('ig_links_before', -1)] %}
        select identifier_key_a, identifier_key_b, {{ change }} as change
        from {{ links }}
        where source_mask <> 1 and {{ graph_is_of_types('identifier_key_' ~ other, attributes) }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ) as links
    group by identifier_key_a, identifier_key_b
    having sum(change) <> 0
    union
    {% endfor %}
    select identifiers.identifier_key
    from ig_identifiers_after as identifiers
    inner join ig_identifiers_before as before on identifiers.identifier_key = before.identifier_key
    where {{ 'identifiers.is_shared <> before.is_shared' if attributes else '1 = 0' }}
{% endmacro %}
