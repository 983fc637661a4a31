{# Writes the nodes that changed their place, after noting which profiles their clusters were. #}
{% macro graph_write_nodes(plan) %}
    {% set nodes = graph_table('nodes') %}
    {% if plan.is_rebuild %}
        {% do run_statement('insert into ' ~ nodes ~ ' select identifier_key, region_id, cluster_id from ig_located') %}
        {% do replace_temp_table('ig_clusters_after', 'select distinct cluster_id from ig_located') %}
    {% else %}
        {# Every cluster that lost or gained a node, with the members it had. #}
        {% set clusters_before %}
            select distinct cluster_before as cluster_id from ig_placed where cluster_before is not null
            union
            select cluster_id from ig_nodes_gone
            union
            select distinct placed.cluster_id
            from ig_placed as placed
            inner join {{ graph_table('clusters') }} as clusters on placed.cluster_id = clusters.cluster_id
        {% endset %}
        {% do replace_temp_table('ig_clusters_before', clusters_before) %}
        {% set members_before %}
            select nodes.identifier_key, clusters.profile_id
            from {{ nodes }} as nodes
            inner join {{ graph_table('clusters') }} as clusters on nodes.cluster_id = clusters.cluster_id
            where nodes.cluster_id in (select cluster_id from ig_clusters_before)
        {% endset %}
        {% do replace_temp_table('ig_members_before', members_before) %}
        {% set deleted %}
            delete from {{ nodes }}
            where identifier_key in (
                select identifier_key from ig_placed
                union
                select identifier_key from ig_nodes_gone
            )
        {% endset %}
        {% do run_query(deleted) %}
        {% do run_query('insert into ' ~ nodes ~ ' select identifier_key, region_id, cluster_id from ig_placed') %}
        {% set clusters_after %}
            select distinct nodes.cluster_id
            from {{ nodes }} as nodes
            where
                nodes.cluster_id in (
                    select cluster_id from ig_placed
                    union
                    select cluster_id from ig_clusters_before
                )
        {% endset %}
        {% do replace_temp_table('ig_clusters_after', clusters_after) %}
    {% endif %}
{% endmacro %}
