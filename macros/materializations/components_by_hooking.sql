{#
    Connected components by hooking, pointer jumping and contraction.

    O. Borůvka, O jistém problému minimálním (1926); Y. Shiloach and U. Vishkin, An O(log n) parallel
    connectivity algorithm, Journal of Algorithms 3 (1982).

    A round hooks every node to a smaller one (see `hook_nodes`), so that no cycle forms, and no node is
    left alone: what remains is a forest in which each tree has at least two nodes. Pointer jumping
    flattens it; contracting each tree to its root at least halves the nodes that still have edges. So
    there are at most log2(nodes) rounds of at most log2(depth) + 1 jumps, whatever the shape.
#}
{% macro components_by_hooking(target_relation, edges_sql) %}
    {% set prefix = (target_relation.identifier or target_relation) ~ '__cc' %}
    {% set edges = prefix ~ '_edges' %}
    {% set remaining = prefix ~ '_remaining' %}
    {% set open = namespace(edges=true) %}
    {% set rounds = [] %}
    {% set ordered_ends %}
        select greatest(node_a, node_b) as node_id, least(node_a, node_b) as neighbour_id
        from ({{ edges_sql }}) as edges
        where node_a <> node_b
    {% endset %}
    {% do replace_temp_table(edges, ordered_ends) %}

    {# 2^63 nodes would need 63 rounds: more is an error of ours, not a large graph. #}
    {% for round in range(1, 65) if open.edges %}
        {% set tables = {
            'hooks': prefix ~ '_map_' ~ round,
            'parents': prefix ~ '_parents_' ~ round,
            'inner': prefix ~ '_inner_' ~ round,
        } %}
        {% do hook_nodes(edges, tables.hooks, remaining) %}
        {% do jump_to_roots(tables.hooks, tables.parents, tables.inner, prefix ~ '_jumped') %}
        {# A hook joins its two ends, so only the edges that are none can join two trees. #}
        {% set contracted %}
            select distinct
                greatest(root_a, root_b) as node_id,
                least(root_a, root_b) as neighbour_id
            from (
                select
                    coalesce(inner_a.root_id, hooks.parent_id) as root_a,
                    coalesce(inner_b.root_id, remaining.parent_id) as root_b
                from {{ remaining }} as remaining
                inner join {{ tables.hooks }} as hooks on remaining.node_id = hooks.node_id
                left join {{ tables.inner }} as inner_a on hooks.parent_id = inner_a.node_id
                left join {{ tables.inner }} as inner_b on remaining.parent_id = inner_b.node_id
            ) as ends
            where root_a <> root_b
        {% endset %}
        {% do replace_temp_table(edges, contracted) %}
        {% do rounds.append(tables) %}
        {% set open.edges = query_is_true('select count(*) > 0 from ' ~ edges) %}
    {% endfor %}
    {% if open.edges %}
        {% do exceptions.raise_compiler_error(
            target_relation ~ ': the components have not converged after 64 rounds.'
        ) %}
    {% endif %}

    {% do label_nodes(target_relation, prefix, rounds) %}
    {% set leftovers = [edges, remaining] %}
    {% for table in ['_jumped', '_jumped_0', '_jumped_1', '_roots', '_labels'] %}
        {% do leftovers.append(prefix ~ table) %}
    {% endfor %}
    {% for tables in rounds %}{% do leftovers.extend(tables.values()) %}{% endfor %}
    {% set drops = [] %}
    {% for table in leftovers %}{% do drops.append('drop table if exists ' ~ table) %}{% endfor %}
    {% do run_statement(drops | join('; ')) %}
{% endmacro %}


{#
    Hooks nodes to smaller ones.

    A node that has smaller neighbours is hooked to the smallest. `remaining` gets the edges that are no
    hook: the smaller end, beside the parent of the greater. They hook what has no smaller neighbour to
    the smallest parent of its neighbours. So every node is in a hook: a node for which neither step
    finds a smaller one is the parent of its neighbours.

    Most nodes have one or two smaller neighbours, which the aggregates name, so that only the edges of
    the few others are looked up.
#}
{% macro hook_nodes(edges, hooks, remaining) %}
    {% set smallest_neighbour %}
        select
            node_id,
            min(neighbour_id) as parent_id,
            max(neighbour_id) as greatest_id,
            cast(count(*) as integer) as edge_count
        from {{ edges }}
        group by node_id
    {% endset %}
    {% set not_hooks %}
        select greatest_id as node_id, parent_id
        from {{ hooks }}
        where greatest_id <> parent_id
        union all
        select edges.neighbour_id as node_id, hooks.parent_id
        from {{ edges }} as edges
        inner join {{ hooks }} as hooks on edges.node_id = hooks.node_id
        where
            hooks.edge_count > 2
            and hooks.parent_id < hooks.greatest_id
            and edges.neighbour_id <> hooks.parent_id
            and edges.neighbour_id <> hooks.greatest_id
    {% endset %}
    {% set smallest_parent %}
        select remaining.node_id, min(remaining.parent_id), null, null
        from {{ remaining }} as remaining
        left join {{ hooks }} as hooks on remaining.node_id = hooks.node_id
        where hooks.node_id is null
        group by remaining.node_id
    {% endset %}
    {% do replace_temp_table(hooks, smallest_neighbour) %}
    {% do replace_temp_table(remaining, not_hooks) %}
    {% do run_statement('insert into ' ~ hooks ~ ' ' ~ smallest_parent) %}
{% endmacro %}


{#
    Flattens the trees: `parents` gets every node that others hook into, with its own parent, which a
    root has none of; `inner` those that are not roots, with their root.

    Most nodes are leaves and take no part in the jumps, and after the first jump only those do that
    have not reached their root.
#}
{% macro jump_to_roots(hooks, parents, inner, jumped) %}
    {% set state = namespace(moves=true) %}
    {% set hooked_into %}
        select hooked.node_id, hooks.parent_id
        from (select distinct parent_id as node_id from {{ hooks }}) as hooked
        left join {{ hooks }} as hooks on hooked.node_id = hooks.node_id
    {% endset %}
    {% set grandparents %}
        select
            nodes.node_id,
            coalesce(parents.parent_id, nodes.parent_id) as root_id,
            parents.parent_id is not null as moves
        from {{ parents }} as nodes
        left join {{ parents }} as parents on nodes.parent_id = parents.node_id
        where nodes.parent_id is not null
    {% endset %}
    {% do replace_temp_table(parents, hooked_into) %}
    {% do replace_temp_table(jumped, grandparents) %}
    {% set state.unsettled = '(select * from ' ~ jumped ~ ' where moves)' %}
    {% set state.moves = query_is_true('select count(*) > 0 from ' ~ jumped ~ ' where moves') %}
    {% for jump in range(2, 66) if state.moves %}
        {% set next = jumped ~ '_' ~ (jump % 2) %}
        {% set roots_of_roots %}
            select
                nodes.node_id,
                coalesce(moving.root_id, settled.root_id, nodes.root_id) as root_id,
                coalesce(moving.moves, false) as moves
            from {{ state.unsettled }} as nodes
            left join {{ state.unsettled }} as moving on nodes.root_id = moving.node_id
            left join {{ jumped }} as settled on nodes.root_id = settled.node_id
        {% endset %}
        {% do replace_temp_table(next, roots_of_roots) %}
        {% set state.unsettled = next %}
        {% set state.moves = query_is_true('select count(*) > 0 from ' ~ next ~ ' where moves') %}
    {% endfor %}
    {% if state.moves %}
        {% do exceptions.raise_compiler_error(hooks ~ ': no root was reached after 65 jumps.') %}
    {% endif %}
    {% set rooted %}
        select node_id, root_id from {{ state.unsettled }} as unsettled
        union all
        select node_id, root_id from {{ jumped }} where not moves
    {% endset %}
    {% do replace_temp_table(inner, rooted) %}
{% endmacro %}


{#
    Labels the nodes of each round by those of the round after, of which they were contracted to.

    Only nodes whose label is another are looked up: the label of any other is itself.
#}
{% macro label_nodes(target_relation, prefix, rounds) %}
    {% set roots = prefix ~ '_roots' %}
    {% set later = prefix ~ '_labels' %}
    {% for tables in rounds | reverse %}
        {% set followed %}
            {% if loop.first %}
                select node_id, root_id from {{ tables.inner }}
            {% else %}
                select nodes.node_id, coalesce(later.component_id, nodes.root_id) as root_id
                from {{ tables.inner }} as nodes
                left join {{ later }} as later on nodes.root_id = later.node_id
                union all
                select node_id, component_id from {{ later }} where node_id <> component_id
            {% endif %}
        {% endset %}
        {% set labelled %}
            select
                cast(hooks.node_id as bigint) as node_id,
                cast(coalesce(roots.root_id, hooks.parent_id) as bigint) as component_id
            from {{ tables.hooks }} as hooks
            left join {{ roots }} as roots on hooks.parent_id = roots.node_id
            union all
            select
                cast(parents.node_id as bigint) as node_id,
                cast(coalesce(roots.root_id, parents.node_id) as bigint) as component_id
            from {{ tables.parents }} as parents
            left join {{ roots }} as roots on parents.node_id = roots.node_id
            where parents.parent_id is null
        {% endset %}
        {% do replace_temp_table(roots, followed) %}
        {% if loop.last %}
            {% do publish_components(target_relation, labelled) %}
        {% else %}
            {% do replace_temp_table(later, labelled) %}
        {% endif %}
    {% endfor %}
{% endmacro %}
