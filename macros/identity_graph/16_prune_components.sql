{#
    Components that hold more of a type than one profile may, attributes included, or two identifiers that an
    override keeps apart, are divided into clusters, and links between these are pruned. Any other component is
    one cluster and gives it its number. Writes the nodes.
#}
{% macro graph_prune_components(plan) %}
    {% do graph_hold_attributes(plan) %}
    {% call graph_temp_table('ig_violating') %}
        select counted.component_id
        from (
            select component_id, type_number, count(*) as member_count
            from ig_component_nodes
            group by component_id, type_number
            having count(*) > (select min(limit_per_profile) from ig_types)
        ) as counted
        inner join ig_types as types on counted.type_number = types.type_number
        where counted.member_count > types.limit_per_profile
        union
        select held.component_id
        from ig_held_attributes as held
        inner join ig_types as types on held.type_number = types.type_number
        group by held.component_id, held.type_number, types.limit_per_profile
        having count(distinct held.attribute_key) > types.limit_per_profile
        union
        select nodes_a.component_id
        from {{ graph_table('exclusions') }} as exclusions
        inner join ig_component_nodes as nodes_a on exclusions.identifier_key_a = nodes_a.identifier_key
        inner join ig_component_nodes as nodes_b
            on exclusions.identifier_key_b = nodes_b.identifier_key and nodes_a.component_id = nodes_b.component_id
    {% endcall %}
    {% if query_is_true('select count(*) > 0 from ig_violating') %}
        {% do graph_cluster_components(plan) %}
    {% else %}
        {% do replace_temp_table('ig_clustered', 'select component_id as identifier_key, component_id as cluster_id from ig_violating') %}
    {% endif %}
    {% do graph_mark_pruned_links() %}
    {% if plan.is_rebuild %}
        {% do graph_insert('nodes', 'select identifier_key, component_id, cluster_id from (' ~ graph_located_nodes() ~ ') as located') %}
    {% else %}
        {% do graph_write_nodes() %}
    {% endif %}
{% endmacro %}

{% macro graph_located_nodes() %}
    select
        nodes.*,
        coalesce(clusters.cluster_id, nodes.component_id) as cluster_id
    from ig_component_nodes as nodes
    left join ig_clustered as clusters on nodes.identifier_key = clusters.identifier_key
{% endmacro %}

{# Sets the status of links that pass all filters by whether they join two clusters. Leaves ig_pruned_changes. #}
{% macro graph_mark_pruned_links() %}
    {% call graph_temp_table('ig_prunable_nodes') %}
        select identifier_key, cluster_id
        from ({{ graph_located_nodes() }}) as located
        where
            cluster_before <> component_before
            or component_id in (select component_id from ig_violating)
    {% endcall %}
    {% set evaluated %}
        select
            links.identifier_key_a,
            links.identifier_key_b,
            links.status as status_before,
            case
                when ends_a.cluster_id = ends_b.cluster_id then 'active'
                when exclusions.cluster_a is not null then 'override'
                else 'profile_limit'
            end as status
        from {{ graph_table('links') }} as links
        inner join ig_prunable_nodes as ends_a on links.identifier_key_a = ends_a.identifier_key
        inner join ig_prunable_nodes as ends_b on links.identifier_key_b = ends_b.identifier_key
        left join (
            select distinct
                least(ends_a.cluster_id, ends_b.cluster_id) as cluster_a,
                greatest(ends_a.cluster_id, ends_b.cluster_id) as cluster_b
            from {{ graph_table('exclusions') }} as exclusions
            inner join ig_prunable_nodes as ends_a on exclusions.identifier_key_a = ends_a.identifier_key
            inner join ig_prunable_nodes as ends_b on exclusions.identifier_key_b = ends_b.identifier_key
        ) as exclusions
            on
                least(ends_a.cluster_id, ends_b.cluster_id) = exclusions.cluster_a
                and greatest(ends_a.cluster_id, ends_b.cluster_id) = exclusions.cluster_b
        where {{ passes_link_filters('links.status') }}
    {% endset %}
    {% do replace_temp_table('ig_pruned_changes', 'select * from (' ~ evaluated ~ ') as evaluated where status <> status_before') %}
    {% set marked %}
        update {{ graph_table('links') }} as links
        set status = changes.status
        from ig_pruned_changes as changes
        where
            links.identifier_key_a = changes.identifier_key_a
            and links.identifier_key_b = changes.identifier_key_b
    {% endset %}
    {% if query_is_true('select count(*) > 0 from ig_pruned_changes') %}
        {% do run_statement(marked) %}
    {% endif %}
{% endmacro %}

{#
    Writes the nodes whose component or cluster changed. Leaves ig_located, all nodes of the components with
    their clusters; ig_assigned, those that changed; ig_clusters_before, every cluster that lost or gained a node, with
    its profile; ig_members_before, the nodes they had; and ig_clusters_after, those that have nodes now.
#}
{% macro graph_write_nodes() %}
    {% do replace_temp_table('ig_located', graph_located_nodes()) %}
    {% do replace_temp_table('ig_assigned',
        'select * from ig_located where component_id is distinct from component_before or cluster_id is distinct from cluster_before'
    ) %}
    {% call graph_temp_table('ig_clusters_changed') %}
        select cluster_before as cluster_id from ig_assigned where cluster_before is not null
        union
        select cluster_id from ig_assigned
        union
        select cluster_id from ig_nodes_gone
    {% endcall %}
    {% do graph_take('ig_clusters_before', 'clusters', 'cluster_id', 'select cluster_id from ig_clusters_changed') %}
    {% call graph_temp_table('ig_members_before') %}
        select members.identifier_key, clusters.profile_id
        from ig_members as members
        inner join ig_clusters_before as clusters on members.cluster_id = clusters.cluster_id
    {% endcall %}
    {% do graph_delete('nodes',
        'select row_locator from ig_assigned union all select row_locator from ig_nodes_gone'
    ) %}
    {% do graph_insert('nodes', 'select identifier_key, component_id, cluster_id from ig_assigned') %}
    {% call graph_temp_table('ig_clusters_after') %}
        select distinct cluster_id
        from ig_located
        where cluster_id in (select cluster_id from ig_clusters_changed)
    {% endcall %}
{% endmacro %}
