{#
    Hooks nodes to smaller ones.

    A node with smaller neighbours is hooked to the smallest. `remaining` gets the other edges, as the smaller
    end and the parent of the greater end; by them a node without smaller neighbours is hooked to the smallest
    parent of its neighbours. A node for which neither step finds a smaller one is the parent of its neighbours.

    Most nodes have one or two smaller neighbours, which min and max return, so that only the edges of the
    other nodes are looked up.
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
    Flattens the trees. `parents` gets every node that others are hooked to, with its own parent, null for a root;
    `inner` gets those that are not roots, with their root. Leaves take no part in the jumps, and after the first
    jump only nodes do that have not reached their root.
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
