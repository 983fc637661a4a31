{#
    Regions are the components of the links that hold, before any limit. Those that lost a link are solved
    again from their own links; what new links join is found on a small graph of whole regions, where
    the oldest id survives and only the others' nodes move.

    Leaves ig_moved: nodes that are new or change their region, with `region_id`; and ig_regions, the
    regions whose nodes or links are others than before.
#}
{% macro graph_join_regions(plan) %}
    {% if plan.is_rebuild %}
        {% do graph_solve_all_regions(plan) %}
    {% else %}
        {% do plan.update({'last_id': query_value('select last_id from ' ~ graph_table('state')) | int}) %}
        {% if plan.exclusions_changed %}
            {% do replace_temp_table('ig_exclusions', graph_override_exclusions(plan.key_seed)) %}
            {% set ends %}
                {% for side in ['a', 'b'] %}
                select identifier_key_{{ side }} as identifier_key from ig_exclusions
                union
                select identifier_key_{{ side }} as identifier_key from {{ graph_table('exclusions') }}
                {{ 'union' if not loop.last }}
                {% endfor %}
            {% endset %}
            {% do replace_temp_table('ig_exclusion_ends', ends) %}
        {% endif %}
        {% do graph_solve_cut_regions(plan) %}
        {% do graph_merge_regions(plan) %}
    {% endif %}
{% endmacro %}

{% macro graph_solve_all_regions(plan) %}
    {% do solve_components('ig_components', 'select identifier_key_a as node_a, identifier_key_b as node_b from ' ~ graph_table('links') ~ ' where guard = 0') %}
    {# Ids of regions are numbers of their own: a member's key would turn up again after a split. #}
    {% set numbered %}
        select
            component_id,
            row_number() over (order by component_id) as region_id
        from (
            select distinct component_id from ig_components
        ) as components
    {% endset %}
    {% do replace_temp_table('ig_numbered', numbered) %}
    {% set count = query_value('select count(*) from ig_numbered') | int %}
    {% set moved %}
        select
            components.node_id as identifier_key,
            numbered.region_id
        from ig_components as components
        inner join ig_numbered as numbered on components.component_id = numbered.component_id
        union all
        select
            judged.identifier_key,
            {{ count }} + row_number() over (order by judged.identifier_key) as region_id
        from {{ graph_table('identifiers') }} as judged
        left join ig_components as components on judged.identifier_key = components.node_id
        where
            components.node_id is null
            and {{ graph_is_node(plan) }}
    {% endset %}
    {% do replace_temp_table('ig_moved', moved) %}
    {% do graph_drop(['ig_components', 'ig_numbered']) %}
    {% do plan.update({'last_id': query_value('select coalesce(max(region_id), 0) from ig_moved') | int}) %}
{% endmacro %}

{# Pieces of the regions that lost a link or a node, and regions of their own for new nodes. #}
{% macro graph_solve_cut_regions(plan) %}
    {% set cut_regions %}
        select distinct region_id from ig_nodes_gone
        union
        select distinct nodes.region_id
        from {{ graph_table('nodes') }} as nodes
        where
            nodes.identifier_key in (
                select identifier_key_a from ig_edges_gone
                union
                select identifier_key_b from ig_edges_gone
            )
    {% endset %}
    {% do replace_temp_table('ig_cut_regions', cut_regions) %}
    {% if query_is_true('select count(*) > 0 from ig_cut_regions') %}
        {% set cut_nodes %}
            select nodes.identifier_key
            from {{ graph_table('nodes') }} as nodes
            where
                nodes.region_id in (select region_id from ig_cut_regions)
                and nodes.identifier_key not in (select identifier_key from ig_nodes_gone)
        {% endset %}
        {% do replace_temp_table('ig_cut_nodes', cut_nodes) %}
        {% set cut_edges %}
            select links.identifier_key_a as node_a, links.identifier_key_b as node_b
            from {{ graph_table('links') }} as links
            where
                links.guard = 0
                and links.identifier_key_a in (select identifier_key from ig_cut_nodes)
                and links.identifier_key_b in (select identifier_key from ig_cut_nodes)
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
        from {{ graph_table('nodes') }} as nodes
        left join ig_staged as staged on nodes.identifier_key = staged.identifier_key
        where
            staged.identifier_key is null
            and nodes.identifier_key in (
                select identifier_key_a from ig_edges_new
                union
                select identifier_key_b from ig_edges_new
            )
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
        select nodes.identifier_key, survivors.survivor_id as region_id
        from {{ graph_table('nodes') }} as nodes
        inner join ig_survivors as survivors on nodes.region_id = survivors.region_id
        left join ig_staged as staged on nodes.identifier_key = staged.identifier_key
        where
            survivors.survivor_id <> survivors.region_id
            and staged.identifier_key is null
            and nodes.identifier_key not in (select identifier_key from ig_nodes_gone)
    {% endset %}
    {% do replace_temp_table('ig_moved', moved) %}
    {# A link whose evidence changed may be cut at another place in a region that limits have cut. #}
    {% set regions %}
        select region_id from ig_moved
        union
        select region_id from ig_region_ends
        where region_id not in (
            select region_id from ig_survivors where survivor_id <> region_id
        )
        union
        select nodes.region_id
        from {{ graph_table('nodes') }} as nodes
        where
            nodes.cluster_id <> nodes.region_id
            and nodes.identifier_key in (
                select identifier_key_a from ig_links_after
                union
                select identifier_key_b from ig_links_after
            )
            and nodes.region_id not in (
                select region_id from ig_survivors where survivor_id <> region_id
                union all
                select region_id from ig_cut_regions
            )
        {% if plan.exclusions_changed %}
        union
        select nodes.region_id
        from {{ graph_table('nodes') }} as nodes
        where
            nodes.identifier_key in (select identifier_key from ig_exclusion_ends)
            and nodes.region_id not in (
                select region_id from ig_survivors where survivor_id <> region_id
                union all
                select region_id from ig_cut_regions
            )
        {% endif %}
    {% endset %}
    {% do replace_temp_table('ig_regions', regions) %}
{% endmacro %}
