{#
    Connected components by hooking, pointer jumping and contraction.

    O. Borůvka, O jistém problému minimálním (1926); Y. Shiloach and U. Vishkin, An O(log n) parallel
    connectivity algorithm, Journal of Algorithms 3 (1982).

    A round hooks nodes to smaller ones (see `hook_nodes`), so that no cycle forms and every node is in a hook:
    the result is a forest whose trees have at least two nodes. Pointer jumping flattens it; contracting each
    tree to its root at least halves the nodes that still have edges. So there are at most log2(nodes) rounds
    of at most log2(depth) + 1 jumps for any graph.
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

    {# 2^63 nodes need 63 rounds: more would be a bug. #}
    {% for round in range(1, 65) if open.edges %}
        {% set tables = {
            'hooks': prefix ~ '_map_' ~ round,
            'parents': prefix ~ '_parents_' ~ round,
            'inner': prefix ~ '_inner_' ~ round,
        } %}
        {% do hook_nodes(edges, tables.hooks, remaining) %}
        {% do jump_to_roots(tables.hooks, tables.parents, tables.inner, prefix ~ '_jumped') %}
        {# Each hook already merges its two trees, so only other edges can merge further trees. #}
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
    Labels the nodes of each round by the labels of the next round, to whose nodes they were contracted. Only
    nodes with another label than themselves are looked up.
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
