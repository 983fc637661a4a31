{#
    Writes the nodes that changed their place. Leaves ig_clusters_before, every cluster that lost or gained a
    node, with its profile; ig_members_before, the nodes they had; and ig_clusters_after, those that have nodes now.
#}
{% macro graph_write_nodes(plan) %}
    {% set changed %}
        select cluster_before as cluster_id from ig_placed where cluster_before is not null
        union
        select cluster_id from ig_placed
        union
        select cluster_id from ig_nodes_gone
    {% endset %}
    {% do replace_temp_table('ig_clusters_changed', changed) %}
    {% do graph_take('ig_clusters_before', 'clusters', 'cluster_id', 'select cluster_id from ig_clusters_changed') %}
    {% set members_before %}
        select members.identifier_key, clusters.profile_id
        from ig_members as members
        inner join ig_clusters_before as clusters on members.cluster_id = clusters.cluster_id
    {% endset %}
    {% do replace_temp_table('ig_members_before', members_before) %}
    {% do graph_delete('nodes',
        'select row_locator from ig_placed union all select row_locator from ig_nodes_gone'
    ) %}
    {% do graph_insert('nodes', 'select identifier_key, region_id, cluster_id from ig_placed') %}
    {% set clusters_after %}
        select distinct cluster_id
        from ig_located
        where cluster_id in (select cluster_id from ig_clusters_changed)
    {% endset %}
    {% do replace_temp_table('ig_clusters_after', clusters_after) %}
{% endmacro %}
