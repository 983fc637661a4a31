{#
    Fills the nodes of a state whose links were just judged: the components of the links that hold are its
    regions, and those that hold too much are cut into clusters.
#}
{% macro graph_place_all(plan) %}
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
    {% set linked %}
        select components.node_id, numbered.region_id, numbered.region_id
        from ig_components as components
        inner join ig_numbered as numbered on components.component_id = numbered.component_id
    {% endset %}
    {% set alone %}
        select identifier_key, region_id, region_id
        from (
            select
                identifiers.identifier_key,
                {{ count }} + row_number() over (order by identifiers.identifier_key) as region_id
            from {{ graph_table('identifiers') }} as identifiers
            left join ig_components as components on identifiers.identifier_key = components.node_id
            where components.node_id is null and {{ graph_is_node(plan) }}
        ) as placed
    {% endset %}
    {% do graph_insert('nodes', linked) %}
    {% do graph_insert('nodes', alone) %}
    {% do graph_drop(['ig_components', 'ig_numbered']) %}
    {% do plan.update({'last_id': query_value('select coalesce(max(region_id), 0) from ' ~ graph_table('nodes')) | int}) %}
    {% do graph_read_exclusions(plan) %}
    {% do graph_hold_attributes(plan, {'a': graph_table('links'), 'b': graph_table('links')}, graph_table('nodes')) %}
    {% do replace_temp_table('ig_violating', graph_violating_regions(plan, graph_table('nodes'))) %}
    {% if query_is_true('select count(*) > 0 from ig_violating') %}
        {% set region_nodes %}
            select
                identifier_key,
                region_id,
                {{ graph_strength(plan, 'identifier_key') }} as strength
            from {{ graph_table('nodes') }}
            where region_id in (select region_id from ig_violating)
        {% endset %}
        {% do replace_temp_table('ig_region_nodes', region_nodes) %}
        {% do graph_cluster_regions(plan) %}
        {% set clustered %}
            update {{ graph_table('nodes') }} as nodes
            set cluster_id = clusters.cluster_id
            from ig_clustered as clusters
            where nodes.identifier_key = clusters.identifier_key
        {% endset %}
        {% do run_statement(clustered) %}
        {% do graph_mark_cut_links(plan, true) %}
    {% endif %}
{% endmacro %}
