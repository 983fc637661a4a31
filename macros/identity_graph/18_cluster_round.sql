{# What the clusters of a round hold, and the links by which they may join. Leaves ig_k_counts and ig_k_open. #}
{% macro graph_cluster_round() %}
    {# Values of limited attributes that a cluster holds. #}
    {% call graph_temp_table('ig_k_values') %}
        select distinct clusters.cluster_id, held.type_number, held.attribute_key
        from ig_held_attributes as held
        inner join ig_k_clusters as clusters on held.identifier_key = clusters.identifier_key
    {% endcall %}
    {# How many identifiers of each limited type and values of each limited attribute a cluster holds. #}
    {% call graph_temp_table('ig_k_counts') %}
        select
            members.cluster_id,
            members.type_number,
            count(*) as member_count,
            types.limit_per_profile as member_limit
        from (
            select cluster_id, type_number from ig_k_clusters
            union all
            select cluster_id, type_number from ig_k_values
        ) as members
        inner join ig_types as types on members.type_number = types.type_number
        where types.limit_per_profile is not null
        group by members.cluster_id, members.type_number, types.limit_per_profile
    {% endcall %}
    {# Pairs of clusters, in both directions, with the two identifiers of a `never` override. #}
    {% call graph_temp_table('ig_k_apart') %}
        with

        apart as (
            select ends_a.cluster_id as cluster_a, ends_b.cluster_id as cluster_b
            from {{ graph_table('exclusions') }} as exclusions
            inner join ig_k_clusters as ends_a on exclusions.identifier_key_a = ends_a.identifier_key
            inner join ig_k_clusters as ends_b on exclusions.identifier_key_b = ends_b.identifier_key
        )

        select cluster_a, cluster_b from apart
        union
        select cluster_b as cluster_a, cluster_a as cluster_b from apart
    {% endcall %}
    {% call graph_temp_table('ig_k_open') %}
        select edges.*
        from ig_k_edges as edges
        left join (
            select edges.cluster_a, edges.cluster_b
            from ig_k_edges as edges
            inner join ig_k_counts as counts_a on edges.cluster_a = counts_a.cluster_id
            inner join ig_k_counts as counts_b
                on edges.cluster_b = counts_b.cluster_id and counts_a.type_number = counts_b.type_number
            left join (
                select edges.rank_of_link, values_a.type_number, count(*) as value_count
                from ig_k_edges as edges
                inner join ig_k_values as values_a on edges.cluster_a = values_a.cluster_id
                inner join ig_k_values as values_b
                    on edges.cluster_b = values_b.cluster_id and values_a.attribute_key = values_b.attribute_key
                group by edges.rank_of_link, values_a.type_number
            ) as common
                on edges.rank_of_link = common.rank_of_link and counts_a.type_number = common.type_number
            where
                counts_a.member_count + counts_b.member_count - coalesce(common.value_count, 0)
                > counts_a.member_limit
            union
            select cluster_a, cluster_b from ig_k_apart
        ) as refused
            on edges.cluster_a = refused.cluster_a and edges.cluster_b = refused.cluster_b
        where refused.cluster_a is null
    {% endcall %}
{% endmacro %}
