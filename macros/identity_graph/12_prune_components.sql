{#
    Regions that hold more of a type than one profile may, attributes too, or two identifiers that an override keeps apart,
    are cut into clusters; any other region is one cluster and gives it its id. Leaves ig_located, the
    nodes of the regions with their clusters, and ig_placed, those whose region or cluster changed.
#}
{% macro graph_cut_regions(plan) %}
    {% do replace_temp_table('ig_region_nodes', graph_region_nodes(plan)) %}
    {% do graph_hold_attributes(plan, graph_take_attributes(plan), 'ig_region_nodes') %}
    {% do replace_temp_table('ig_violating', graph_violating_regions(plan, 'ig_region_nodes')) %}
    {% set has_violation = query_is_true('select count(*) > 0 from ig_violating') %}
    {% if has_violation %}
        {% do graph_cluster_regions(plan) %}
    {% endif %}
    {% set placed %}
        select
            nodes.identifier_key,
            nodes.region_id,
            {{ 'coalesce(clusters.cluster_id, nodes.region_id)' if has_violation else 'nodes.region_id' }} as cluster_id,
            nodes.region_before,
            nodes.cluster_before,
            nodes.row_locator
        from ig_region_nodes as nodes
        {% if has_violation %}
        left join ig_clustered as clusters on nodes.identifier_key = clusters.identifier_key
        {% endif %}
    {% endset %}
    {% do replace_temp_table('ig_located', placed) %}
    {% do graph_mark_cut_links(plan, has_violation) %}
    {% do replace_temp_table('ig_placed',
        'select * from ig_located where region_id is distinct from region_before or cluster_id is distinct from cluster_before'
    ) %}
{% endmacro %}

{# Nodes of the regions that changed, with where they stood before. #}
{% macro graph_region_nodes(plan) %}
    select
        nodes.identifier_key,
        nodes.region_id,
        {{ graph_strength(plan, 'nodes.identifier_key') }} as strength,
        nodes.region_before,
        nodes.cluster_before,
        nodes.row_locator
    from (
        select
            moved.identifier_key,
            moved.region_id,
            before.region_id as region_before,
            before.cluster_id as cluster_before,
            before.row_locator
        from ig_moved as moved
        left join ig_members as before on moved.identifier_key = before.identifier_key
        union all
        select
            members.identifier_key,
            members.region_id,
            members.region_id as region_before,
            members.cluster_id as cluster_before,
            members.row_locator
        from ig_members as members
        left join ig_moved as moved on members.identifier_key = moved.identifier_key
        left join ig_nodes_gone as gone on members.identifier_key = gone.identifier_key
        where
            members.region_id in (select region_id from ig_regions)
            and moved.identifier_key is null
            and gone.identifier_key is null
    ) as nodes
{% endmacro %}

{# How many of the type of a strength one profile may hold, null where there is no limit. #}
{% macro graph_profile_limits(plan) %}
    {% set limits = [] %}
    {% for type in plan.types if type.limit_per_profile is not none %}
        {% do limits.append('when ' ~ type.strength ~ ' then ' ~ type.limit_per_profile) %}
    {% endfor %}
    {% do return('case strength ' ~ limits | join(' ') ~ ' end' if limits else 'cast(null as integer)') %}
{% endmacro %}

{% macro graph_violating_regions(plan, nodes) %}
    {% set limits = [] %}
    {% for type in plan.types %}
        {% if type.is_linking and type.limit_per_profile is not none %}
            {% do limits.append('when ' ~ loop.index0 ~ ' then ' ~ type.limit_per_profile) %}
        {% endif %}
    {% endfor %}
    {% if limits %}
    select region_id
    from (
        select
            region_id,
            {{ identifier_type_number('identifier_key') }} as type_number,
            count(*) as member_count
        from {{ nodes }}
        group by region_id, {{ identifier_type_number('identifier_key') }}
        having count(*) > {{ graph_least_profile_limit(plan) }}
    ) as counted
    where member_count > case type_number {{ limits | join(' ') }} end
    union
    {% endif %}
    select region_id
    from ig_held_attributes
    group by region_id, strength
    having count(distinct attribute_key) > {{ graph_profile_limits(plan) }}
    union
    select nodes_a.region_id
    from {{ graph_table('exclusions') }} as exclusions
    inner join {{ nodes }} as nodes_a on exclusions.identifier_key_a = nodes_a.identifier_key
    inner join {{ nodes }} as nodes_b
        on exclusions.identifier_key_b = nodes_b.identifier_key and nodes_a.region_id = nodes_b.region_id
{% endmacro %}

{% macro graph_least_profile_limit(plan) %}
    {%- do return(plan.types | selectattr('is_linking') | map(attribute='limit_per_profile') | reject('none') | min) -%}
{% endmacro %}

{#
    Marks the links that hold but join two clusters of one region: 3 for a limit per profile, 4 for an
    override. ig_edges_judged holds those whose mark changed.
#}
{% macro graph_mark_cut_links(plan, has_violation) %}
    {% set links = graph_table('links') %}
    {% set suspects %}
        select nodes.identifier_key, nodes.region_id, {{ 'coalesce(clusters.cluster_id, nodes.region_id)' if has_violation else 'nodes.region_id' }} as cluster_id
        from ig_region_nodes as nodes
        {% if has_violation %}
        left join ig_clustered as clusters on nodes.identifier_key = clusters.identifier_key
        where nodes.region_id in (select region_id from ig_violating)
        {% else %}
        where 1 = 0
        {% endif %}
        {% if not plan.is_rebuild %}
        or nodes.cluster_before <> nodes.region_before
        {% endif %}
    {% endset %}
    {% do replace_temp_table('ig_cut_suspects', suspects) %}
    {% set judged %}
        select
            links.identifier_key_a,
            links.identifier_key_b,
            links.cut as cut_before,
            case
                when ends_a.cluster_id = ends_b.cluster_id then 0
                when exclusions.cluster_a is not null then 4
                else 3
            end as cut
        from {{ links }} as links
        inner join ig_cut_suspects as ends_a on links.identifier_key_a = ends_a.identifier_key
        inner join ig_cut_suspects as ends_b on links.identifier_key_b = ends_b.identifier_key
        left join (
            select distinct
                least(ends_a.cluster_id, ends_b.cluster_id) as cluster_a,
                greatest(ends_a.cluster_id, ends_b.cluster_id) as cluster_b
            from {{ graph_table('exclusions') }} as exclusions
            inner join ig_cut_suspects as ends_a on exclusions.identifier_key_a = ends_a.identifier_key
            inner join ig_cut_suspects as ends_b on exclusions.identifier_key_b = ends_b.identifier_key
        ) as exclusions
            on
                least(ends_a.cluster_id, ends_b.cluster_id) = exclusions.cluster_a
                and greatest(ends_a.cluster_id, ends_b.cluster_id) = exclusions.cluster_b
        where links.guard = 0
    {% endset %}
    {% do replace_temp_table('ig_edges_judged', 'select * from (' ~ judged ~ ') as judged where cut <> cut_before') %}
    {% set marked %}
        update {{ links }} as links
        set cut = judged.cut
        from ig_edges_judged as judged
        where
            links.identifier_key_a = judged.identifier_key_a
            and links.identifier_key_b = judged.identifier_key_b
    {% endset %}
    {% if query_is_true('select count(*) > 0 from ig_edges_judged') %}
        {% do run_query(marked) %}
    {% endif %}
{% endmacro %}

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
