{#
    Connected components by Borůvka's hooking with pointer jumping and contraction.

    O. Borůvka, O jistém problému minimálním (1926); Y. Shiloach and U. Vishkin, An O(log n) parallel
    connectivity algorithm, Journal of Algorithms 3 (1982).

    A round hooks every node to the smallest of its neighbours. Such hooks form cycles of length two
    only, which are broken at the smaller node, so what remains is a forest in which each tree has at
    least two nodes. Pointer jumping flattens it; contracting each tree to its root at least halves the
    nodes that still have edges. So there are at most log2(nodes) rounds of at most log2(depth) + 1
    jumps, whatever the shape of the graph.
#}
{% macro components_by_boruvka(target_relation, edges_sql) %}
    {% set prefix = (target_relation.identifier or target_relation) ~ '__cc' %}
    {% set edges = prefix ~ '_edges' %}
    {% set maps = [] %}
    {% set open = namespace(edges=true) %}

    {% set distinct_ends %}
        select node_a, node_b from ({{ edges_sql }}) as edges where node_a <> node_b
    {% endset %}
    {% do replace_temp_table(edges, distinct_ends) %}

    {# 2^63 nodes would need 63 rounds: more is an error of ours, not a large graph. #}
    {% for round in range(1, 65) if open.edges %}
        {% set map = prefix ~ '_map_' ~ round %}
        {% do hook_and_jump(edges, map) %}
        {% do maps.append(map) %}
        {% set contracted %}
            select distinct
                least(map_a.root_id, map_b.root_id) as node_a,
                greatest(map_a.root_id, map_b.root_id) as node_b
            from {{ edges }} as edges
            inner join {{ map }} as map_a on edges.node_a = map_a.node_id
            inner join {{ map }} as map_b on edges.node_b = map_b.node_id
            where map_a.root_id <> map_b.root_id
        {% endset %}
        {% do replace_temp_table(prefix ~ '_contracted', contracted) %}
        {% do replace_temp_table(edges, 'select * from ' ~ prefix ~ '_contracted') %}
        {% set open.edges = query_is_true('select count(*) > 0 from ' ~ edges) %}
    {% endfor %}
    {% if open.edges %}
        {% do exceptions.raise_compiler_error(
            target_relation ~ ': the components have not converged after 64 rounds.'
        ) %}
    {% endif %}

    {% do compose_component_maps(target_relation, prefix, maps) %}
    {% for table in [edges, prefix ~ '_contracted'] + maps %}
        {% do run_query('drop table if exists ' ~ table) %}
    {% endfor %}
{% endmacro %}


{#
    One round without its contraction: `map` gets the root of the tree that each node hooks into.

    Most nodes are leaves, so only those that others hook into take part in the jumps, and after the
    second jump only those that have not reached their root.
#}
{% macro hook_and_jump(edges, map) %}
    {% set hooks = map ~ '_hooks' %}
    {% set inner = map ~ '_inner' %}
    {% set jumped = map ~ '_jumped' %}
    {% set unsettled = map ~ '_unsettled' %}
    {% set smallest_neighbour %}
        select node_id, min(neighbour_id) as parent_id
        from (
            select node_a as node_id, node_b as neighbour_id from {{ edges }}
            union all
            select node_b as node_id, node_a as neighbour_id from {{ edges }}
        ) as neighbours
        group by node_id
    {% endset %}
    {# The first jump, which also breaks the cycles: the smaller of two mutual hooks is the root. #}
    {% set grandparents %}
        select
            nodes.node_id,
            case
                when parents.parent_id = nodes.node_id then least(nodes.node_id, parents.node_id)
                else parents.parent_id
            end as root_id
        from {{ hooks }} as nodes
        inner join {{ hooks }} as parents on nodes.parent_id = parents.node_id
        where nodes.node_id in (select hooked.parent_id from {{ hooks }} as hooked)
    {% endset %}
    {% set second_jump %}
        select
            nodes.node_id,
            roots.root_id,
            nodes.root_id <> roots.root_id as has_moved
        from {{ inner }} as nodes
        inner join {{ inner }} as roots on nodes.root_id = roots.node_id
    {% endset %}
    {% do replace_temp_table(hooks, smallest_neighbour) %}
    {% do replace_temp_table(inner, grandparents) %}
    {% do replace_temp_table(jumped, second_jump) %}
    {% do replace_temp_table(unsettled, 'select node_id, root_id from ' ~ jumped ~ ' where has_moved') %}
    {% do jump_to_roots(jumped, unsettled) %}
    {% set rooted %}
        select hooks.node_id, coalesce(unsettled.root_id, settled.root_id) as root_id
        from {{ hooks }} as hooks
        inner join {{ jumped }} as settled on hooks.parent_id = settled.node_id
        left join {{ unsettled }} as unsettled on hooks.parent_id = unsettled.node_id
    {% endset %}
    {% do replace_temp_table(map, rooted) %}
    {% for table in [hooks, inner, jumped, unsettled] %}
        {% do run_query('drop table ' ~ table) %}
    {% endfor %}
{% endmacro %}


{# Doubles the reach of every unsettled node until all have reached a root. #}
{% macro jump_to_roots(settled, unsettled) %}
    {% set next = unsettled ~ '_next' %}
    {% set state = namespace(moved=query_is_true('select count(*) > 0 from ' ~ unsettled)) %}
    {% set roots_of_roots %}
        select
            nodes.node_id,
            coalesce(moving.root_id, settled.root_id) as root_id,
            coalesce(moving.root_id, settled.root_id) <> nodes.root_id as has_moved
        from {{ unsettled }} as nodes
        left join {{ unsettled }} as moving on nodes.root_id = moving.node_id
        left join {{ settled }} as settled on nodes.root_id = settled.node_id
    {% endset %}
    {% for jump in range(1, 65) if state.moved %}
        {% do replace_temp_table(next, roots_of_roots) %}
        {% set state.moved = query_is_true('select coalesce(bool_or(has_moved), false) from ' ~ next) %}
        {% do run_query('drop table ' ~ unsettled) %}
        {% do run_query('alter table ' ~ next ~ ' rename to ' ~ unsettled) %}
    {% endfor %}
    {% if state.moved %}
        {% do exceptions.raise_compiler_error(unsettled ~ ': no root was reached after 64 jumps.') %}
    {% endif %}
{% endmacro %}


{# Follows a node through the maps of all rounds and writes where it ends. #}
{% macro compose_component_maps(target_relation, prefix, maps) %}
    {% set composed = namespace(labels=maps[-1]) %}
    {% for map in maps[:-1] | reverse %}
        {% set labels = prefix ~ '_labels_' ~ loop.index %}
        {% set followed %}
            select map.node_id, coalesce(labels.root_id, map.root_id) as root_id
            from {{ map }} as map
            left join {{ composed.labels }} as labels on map.root_id = labels.node_id
        {% endset %}
        {% do replace_temp_table(labels, followed) %}
        {% if not loop.first %}{% do run_query('drop table ' ~ composed.labels) %}{% endif %}
        {% set composed.labels = labels %}
    {% endfor %}
    {% set published %}
        select
            cast(node_id as bigint) as node_id,
            cast(root_id as bigint) as component_id
        from {{ composed.labels }}
    {% endset %}
    {% do publish_components(target_relation, published) %}
    {% if maps | length > 1 %}{% do run_query('drop table ' ~ composed.labels) %}{% endif %}
{% endmacro %}
