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
    {% set prefix = target_relation.identifier ~ '__cc' %}
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


{# The loop-invariant part of a round: `map` gets the root of the tree that each node hooks into. #}
{% macro hook_and_jump(edges, map) %}
    {% set hooks = map ~ '_hooks' %}
    {% set jumped = map ~ '_jumped' %}
    {% set moved = namespace(nodes=true) %}
    {% set smallest_neighbour %}
        select node_id, min(neighbour_id) as root_id
        from (
            select node_a as node_id, node_b as neighbour_id from {{ edges }}
            union all
            select node_b as node_id, node_a as neighbour_id from {{ edges }}
        ) as neighbours
        group by node_id
    {% endset %}
    {% set cycles_broken %}
        select
            hooks.node_id,
            case
                when parents.root_id = hooks.node_id and hooks.node_id < parents.node_id
                    then hooks.node_id
                else parents.node_id
            end as root_id
        from {{ hooks }} as hooks
        inner join {{ hooks }} as parents on hooks.root_id = parents.node_id
    {% endset %}
    {% set roots_of_roots %}
        select
            nodes.node_id,
            roots.root_id,
            nodes.root_id <> roots.root_id as has_moved
        from {{ map }} as nodes
        inner join {{ map }} as roots on nodes.root_id = roots.node_id
    {% endset %}
    {% do replace_temp_table(hooks, smallest_neighbour) %}
    {% do replace_temp_table(map, cycles_broken) %}
    {% for jump in range(1, 65) if moved.nodes %}
        {% do replace_temp_table(jumped, roots_of_roots) %}
        {% set moved.nodes = query_is_true('select coalesce(bool_or(has_moved), false) from ' ~ jumped) %}
        {% do run_query('drop table ' ~ map) %}
        {% do run_query('alter table ' ~ jumped ~ ' rename to ' ~ map) %}
    {% endfor %}
    {% do run_query('drop table ' ~ hooks) %}
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
    {% do replace_table(target_relation, published) %}
    {% if maps | length > 1 %}{% do run_query('drop table ' ~ composed.labels) %}{% endif %}
{% endmacro %}
