{#
    Components are what links that pass all filters connect, before any limit of the profile. A full build solves
    them from all links. An incremental run solves the components that it reaches: one that lost a link or a
    node from its own links, any other, whose nodes are connected in any case, from a star of them.

    Leaves ig_component_nodes, the nodes of these components with their component now and before; in an
    incremental run also ig_members, their nodes before, and ig_nodes_gone, those that are no nodes any more.
#}
{% macro graph_join_components(plan) %}
    {% if not plan.is_rebuild %}
        {% do graph_reach_components(plan) %}
    {% endif %}
    {% do graph_read_exclusions(plan) %}
    {# Nodes that are assigned a component, with the one they had. A full build reads them where they are. #}
    {% set scope %}
        {% if plan.is_rebuild %}
        select
            identifier_key,
            cast(null as bigint) as component_before, cast(null as bigint) as cluster_before, null as row_locator
        from {{ graph_table('identifiers') }}
        where {{ graph_is_node(plan) }}
        {% else %}
        select members.identifier_key, members.component_id as component_before, members.cluster_id as cluster_before, members.row_locator
        from ig_members as members
        left join ig_nodes_gone as gone on members.identifier_key = gone.identifier_key
        where gone.identifier_key is null
        union all
        select identifiers.identifier_key, null, null, null
        from ig_identifiers_after as identifiers
        left join ig_nodes_before as nodes on identifiers.identifier_key = nodes.identifier_key
        where nodes.identifier_key is null and {{ graph_is_node(plan, 'identifiers.identifier_key') }}
        {% endif %}
    {% endset %}
    {% if not plan.is_rebuild %}{% do replace_temp_table('ig_scope', scope) %}{% endif %}
    {% do solve_components('ig_components', graph_edges(plan)) %}
    {#
        Numbers the components: each keeps the least number that its nodes had, unless another part of the same
        component keeps it, and otherwise gets the next. A number of a node would come up again after a split.
    #}
    {% call graph_temp_table('ig_component_nodes') %}
        with

        solved as (
            select scope.*, coalesce(components.component_id, scope.identifier_key) as label
            from {{ '(' ~ scope ~ ')' if plan.is_rebuild else 'ig_scope' }} as scope
            left join ig_components as components on scope.identifier_key = components.node_id
        ),

        kept as (
            select label, min(component_before) as component_id
            from (
                select component_before, min(label) as label
                from solved
                where component_before is not null
                group by component_before
            ) as parts
            group by label
        ),

        numbered as (
            select
                labels.label,
                coalesce(
                    kept.component_id,
                    {{ plan.last_id }} + row_number() over (partition by kept.component_id is null order by labels.label)
                ) as component_id
            from (select distinct label from solved) as labels
            left join kept on labels.label = kept.label
        )

        select
            solved.identifier_key,
            numbered.component_id,
            {{ identifier_type_number('solved.identifier_key') }} as type_number,
            solved.component_before,
            solved.cluster_before,
            solved.row_locator
        from solved
        inner join numbered on solved.label = numbered.label
    {% endcall %}
    {% do graph_drop(['ig_components']) %}
    {% set last_id = query_value('select max(component_id) from ig_component_nodes') %}
    {% do plan.update({'last_id': [plan.last_id, (last_id or 0) | int] | max}) %}
{% endmacro %}

{% macro graph_edges(plan) %}
    {% set links = graph_table('links') %}
    {% if not plan.is_rebuild %}
        {% do graph_take(
            'ig_parted_links', 'links', 'identifier_key_a',
            'select identifier_key from ig_scope where component_before in (select component_id from ig_reached where is_parted)',
            columns=['identifier_key_a', 'identifier_key_b', 'status']
        ) %}
        {% set links = 'ig_parted_links' %}
    {% endif %}
    select identifier_key_a as node_a, identifier_key_b as node_b
    from {{ links }}
    where {{ passes_link_filters('status') }}
    {% if not plan.is_rebuild %}
    union all
    select identifier_key_a, identifier_key_b from ig_changed_edges where is_joined
    union all
    select identifier_key, min(identifier_key) over (partition by component_before)
    from ig_scope
    where component_before in (select component_id from ig_reached where not is_parted)
    {% endif %}
{% endmacro %}
