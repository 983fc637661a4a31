{#
    Regions are the components of the links that hold, before any limit. Those that lost a link are solved
    again from their own links; what new links join is found on a small graph of whole regions, where
    the oldest id survives and only the others' nodes move.

    Leaves ig_members, all nodes of every region that this run reaches, as they were; ig_nodes_gone, those
    that are none any more; ig_moved, nodes that are new or change their region, with `region_id`; and
    ig_regions, the regions whose nodes or links are others than before.
#}
{% macro graph_join_regions(plan) %}
    {% do plan.update({'last_id': query_value('select last_id from ' ~ graph_table('state')) | int}) %}
    {% do replace_temp_table('ig_exclusion_ends', graph_exclusion_ends(plan)) %}
    {% do graph_read_exclusions(plan) %}
    {% do graph_reach_regions(plan) %}
    {% do graph_solve_cut_regions(plan) %}
    {% do graph_merge_regions(plan) %}
{% endmacro %}

{# Ends of the pairs that overrides keep apart, or kept, where these are others than before. #}
{% macro graph_exclusion_ends(plan) %}
    {% if not plan.exclusions_changed %}
        {% do return('select cast(null as bigint) as identifier_key where 1 = 0') %}
    {% endif %}
    {% for side in ['a', 'b'] %}
    select identifier_key_{{ side }} as identifier_key
    from ({{ graph_override_exclusions(plan.key_seed, plan.types) }}) as exclusions
    union
    select identifier_key_{{ side }} as identifier_key from {{ graph_table('exclusions') }}
    {{ 'union' if not loop.last }}
    {% endfor %}
{% endmacro %}

{# Brings the pairs that overrides keep apart up to date. #}
{% macro graph_read_exclusions(plan) %}
    {% if plan.is_rebuild or plan.exclusions_changed %}
        {% do run_statement('delete from ' ~ graph_table('exclusions')) %}
        {% do graph_insert('exclusions', graph_override_exclusions(plan.key_seed, plan.types)) %}
    {% endif %}
{% endmacro %}

{# Every look-up among the nodes is made here. #}
{% macro graph_reach_regions(plan) %}
    {% set ends %}
        select identifier_key_a as identifier_key, true as is_joined, false as is_parted from ig_edges_new
        union all
        select identifier_key_b, true, false from ig_edges_new
        union all
        select identifier_key_a, false, true from ig_edges_gone
        union all
        select identifier_key_b, false, true from ig_edges_gone
        union all
        select identifier_key, false, false from ig_exclusion_ends
        union all
        select identifier_key, false, false from ({{ graph_attribute_ends(plan) }}) as attribute_ends
    {% endset %}
    {% do replace_temp_table('ig_edge_ends',
        'select identifier_key, bool_or(is_joined) as is_joined, bool_or(is_parted) as is_parted from ('
        ~ ends ~ ') as ends group by identifier_key'
    ) %}
    {# Links whose evidence changed matter where limits have cut: another may be the one to give way. #}
    {% set looked_up %}
        select identifier_key from ig_edge_ends
        union
        select identifier_key from ig_identifiers_after
        union
        select identifier_key_a from ig_links_after
        union
        select identifier_key_b from ig_links_after
    {% endset %}
    {% do graph_take('ig_nodes_before', 'nodes', 'identifier_key', looked_up) %}
    {% set nodes_new %}
        select judged.identifier_key
        from ig_identifiers_after as judged
        left join ig_nodes_before as nodes on judged.identifier_key = nodes.identifier_key
        where nodes.identifier_key is null and {{ graph_is_node(plan) }}
    {% endset %}
    {% do replace_temp_table('ig_nodes_new', nodes_new) %}
    {% set nodes_gone %}
        select nodes.*
        from ig_nodes_before as nodes
        inner join ig_identifiers_after as judged on nodes.identifier_key = judged.identifier_key
        where not ({{ graph_is_node(plan) }})
    {% endset %}
    {% do replace_temp_table('ig_nodes_gone', nodes_gone) %}
    {% set reached %}
        select region_id from ig_nodes_gone
        union
        select nodes.region_id
        from ig_nodes_before as nodes
        left join ig_edge_ends as ends on nodes.identifier_key = ends.identifier_key
        where
            ends.identifier_key is not null
            or (
                nodes.cluster_id <> nodes.region_id
                and nodes.identifier_key in (
                    select identifier_key_a from ig_links_after
                    union
                    select identifier_key_b from ig_links_after
                )
            )
    {% endset %}
    {% do replace_temp_table('ig_reached', reached) %}
    {% do graph_take('ig_members', 'nodes', 'region_id', 'select region_id from ig_reached') %}
{% endmacro %}

{# Pieces of the regions that lost a link or a node, and regions of their own for new nodes. #}
{% macro graph_solve_cut_regions(plan) %}
    {% set cut_regions %}
        select region_id from ig_nodes_gone
        union
        select nodes.region_id
        from ig_nodes_before as nodes
        inner join ig_edge_ends as ends on nodes.identifier_key = ends.identifier_key
        where ends.is_parted
    {% endset %}
    {% do replace_temp_table('ig_cut_regions', cut_regions) %}
    {% if query_is_true('select count(*) > 0 from ig_cut_regions') %}
        {% set cut_nodes %}
            select members.identifier_key
            from ig_members as members
            left join ig_nodes_gone as gone on members.identifier_key = gone.identifier_key
            where
                members.region_id in (select region_id from ig_cut_regions)
                and gone.identifier_key is null
        {% endset %}
        {% do replace_temp_table('ig_cut_nodes', cut_nodes) %}
        {% do graph_take(
            'ig_cut_links', 'links', 'identifier_key_a', 'select identifier_key from ig_cut_nodes',
            columns=['identifier_key_a', 'identifier_key_b', 'guard']
        ) %}
        {% set cut_edges %}
            select identifier_key_a as node_a, identifier_key_b as node_b
            from ig_cut_links
            where guard = 0 and identifier_key_b in (select identifier_key from ig_cut_nodes)
        {% endset %}
        {% do solve_components('ig_components', cut_edges) %}
        {% set pieces %}
            select
                nodes.identifier_key,
                coalesce(components.component_id, nodes.identifier_key) as piece_id
            from ig_cut_nodes as nodes
            left join ig_components as components on nodes.identifier_key = components.node_id
            union all
            select identifier_key, identifier_key as piece_id from ig_nodes_new
        {% endset %}
        {% do replace_temp_table('ig_pieces', pieces) %}
    {% else %}
        {% do replace_temp_table('ig_pieces', 'select identifier_key, identifier_key as piece_id from ig_nodes_new') %}
    {% endif %}
    {% set staged %}
        select
            identifier_key,
            {{ plan.last_id }} + dense_rank() over (order by piece_id) as region_id
        from ig_pieces
    {% endset %}
    {% do replace_temp_table('ig_staged', staged) %}
    {% do plan.update({'last_id': query_value('select coalesce(max(region_id), ' ~ plan.last_id ~ ') from ig_staged') | int}) %}
{% endmacro %}

{% macro graph_merge_regions(plan) %}
    {% set ends %}
        select nodes.identifier_key, nodes.region_id
        from ig_nodes_before as nodes
        inner join ig_edge_ends as edge_ends on nodes.identifier_key = edge_ends.identifier_key
        left join ig_staged as staged on nodes.identifier_key = staged.identifier_key
        where edge_ends.is_joined and staged.identifier_key is null
        union all
        select identifier_key, region_id from ig_staged
    {% endset %}
    {% do replace_temp_table('ig_region_ends', ends) %}
    {% set bridges %}
        select ends_a.region_id as node_a, ends_b.region_id as node_b
        from ig_edges_new as edges
        inner join ig_region_ends as ends_a on edges.identifier_key_a = ends_a.identifier_key
        inner join ig_region_ends as ends_b on edges.identifier_key_b = ends_b.identifier_key
        where ends_a.region_id <> ends_b.region_id
    {% endset %}
    {% do replace_temp_table('ig_bridges', bridges) %}
    {% if query_is_true('select count(*) > 0 from ig_bridges') %}
        {% do solve_components('ig_components', 'select node_a, node_b from ig_bridges') %}
    {% else %}
        {% do replace_temp_table('ig_components', 'select node_a as node_id, node_b as component_id from ig_bridges') %}
    {% endif %}
    {% set survivors %}
        select
            node_id as region_id,
            min(node_id) over (partition by component_id) as survivor_id
        from ig_components
    {% endset %}
    {% do replace_temp_table('ig_survivors', survivors) %}
    {% set moved %}
        select
            staged.identifier_key,
            coalesce(survivors.survivor_id, staged.region_id) as region_id
        from ig_staged as staged
        left join ig_survivors as survivors on staged.region_id = survivors.region_id
        union all
        select members.identifier_key, survivors.survivor_id as region_id
        from ig_members as members
        inner join ig_survivors as survivors on members.region_id = survivors.region_id
        left join ig_staged as staged on members.identifier_key = staged.identifier_key
        left join ig_nodes_gone as gone on members.identifier_key = gone.identifier_key
        where
            survivors.survivor_id <> survivors.region_id
            and staged.identifier_key is null
            and gone.identifier_key is null
    {% endset %}
    {% do replace_temp_table('ig_moved', moved) %}
    {# Those that were reached, but for regions that are no more. #}
    {% set regions %}
        select region_id from ig_moved
        union
        select reached.region_id
        from ig_reached as reached
        left join ig_survivors as survivors
            on reached.region_id = survivors.region_id and survivors.survivor_id <> survivors.region_id
        left join ig_cut_regions as cut_regions on reached.region_id = cut_regions.region_id
        where survivors.region_id is null and cut_regions.region_id is null
    {% endset %}
    {% do replace_temp_table('ig_regions', regions) %}
{% endmacro %}
