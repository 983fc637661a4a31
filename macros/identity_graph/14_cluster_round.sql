{# Values of limited attributes that a cluster holds. #}
{% macro graph_cluster_values() %}
    select distinct clusters.cluster_id, held.type_number, held.attribute_key
    from ig_held_attributes as held
    inner join ig_k_clusters as clusters on held.identifier_key = clusters.identifier_key
{% endmacro %}

{# How many identifiers of each limited type and values of each limited attribute a cluster holds. #}
{% macro graph_cluster_counts() %}
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
{% endmacro %}

{# Pairs of clusters, both ways round, that hold the two sides of an override. #}
{% macro graph_clusters_apart() %}
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
{% endmacro %}

{% macro graph_allowed_edges() %}
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
{% endmacro %}

{# Clusters that join a hub in this round: `cluster_id` becomes part of `hub_id`. #}
{% macro graph_joins_of_round() %}
    with

    ends as (
        select rank_of_link, cluster_a as cluster_id, cluster_b as other_id from ig_k_open
        union all
        select rank_of_link, cluster_b as cluster_id, cluster_a as other_id from ig_k_open
    ),

    choices as (
        select cluster_id, min(rank_of_link) as rank_of_link
        from ends
        group by cluster_id
    ),

    mutual as (
        select edges.rank_of_link, edges.cluster_a as hub_id
        from ig_k_open as edges
        inner join choices as choices_a
            on edges.cluster_a = choices_a.cluster_id and edges.rank_of_link = choices_a.rank_of_link
        inner join choices as choices_b
            on edges.cluster_b = choices_b.cluster_id and edges.rank_of_link = choices_b.rank_of_link
    ),

    {# Links of a hub up to the first that is not the choice of its other end. #}
    suitors as (
        select
            ends.cluster_id as hub_id,
            ends.other_id as cluster_id,
            ends.rank_of_link,
            sum(case when choices.rank_of_link = ends.rank_of_link then 0 else 1 end) over (
                partition by ends.cluster_id order by ends.rank_of_link
                rows between unbounded preceding and current row
            ) as strangers
        from ends
        inner join mutual on ends.cluster_id = mutual.hub_id
        inner join choices on ends.other_id = choices.cluster_id
    ),

    admitted as (
        select hub_id, cluster_id, rank_of_link from suitors where strangers = 0
    ),

    {# Once a suitor has joined, its own links to others are the hub's and may come before the next. #}
    distractions as (
        select
            admitted.hub_id,
            admitted.cluster_id,
            min(ends.rank_of_link) as rank_of_link
        from admitted
        inner join ends on admitted.cluster_id = ends.cluster_id
        left join admitted as companions
            on admitted.hub_id = companions.hub_id and ends.other_id = companions.cluster_id
        where companions.cluster_id is null and ends.other_id <> admitted.hub_id
        group by admitted.hub_id, admitted.cluster_id
    ),

    undisturbed as (
        select
            admitted.hub_id,
            admitted.cluster_id,
            admitted.rank_of_link,
            min(distractions.rank_of_link) over (
                partition by admitted.hub_id order by admitted.rank_of_link
                rows between unbounded preceding and 1 preceding
            ) as rank_of_distraction
        from admitted
        left join distractions
            on admitted.hub_id = distractions.hub_id and admitted.cluster_id = distractions.cluster_id
    ),

    prefixes as (
        select hub_id, cluster_id, rank_of_link
        from undisturbed
        where rank_of_distraction is null or rank_of_link < rank_of_distraction
    ),

    {# Values of attributes that a hub would gain by a suitor, had it not got them from itself or an earlier one. #}
    repeated as (
        select hub_id, rank_of_link, type_number, count(*) as value_count
        from (
            select
                hub_id,
                rank_of_link,
                type_number,
                row_number() over (partition by hub_id, attribute_key order by rank_of_link) as occurrence
            from (
                select prefixes.hub_id, prefixes.rank_of_link, held.type_number, held.attribute_key
                from prefixes
                inner join ig_k_values as held on prefixes.cluster_id = held.cluster_id
                union all
                select cluster_id as hub_id, 0 as rank_of_link, type_number, attribute_key
                from ig_k_values
                where cluster_id in (select hub_id from prefixes)
            ) as gained
        ) as counted
        where occurrence > 1
        group by hub_id, rank_of_link, type_number
    ),

    {# The first suitor by which a hub would hold too many, each type running up by itself. #}
    running as (
        select
            prefixes.hub_id,
            prefixes.rank_of_link,
            counts.member_limit,
            coalesce(own.member_count, 0) + sum(counts.member_count - coalesce(repeated.value_count, 0)) over (
                partition by prefixes.hub_id, counts.type_number order by prefixes.rank_of_link
                rows between unbounded preceding and current row
            ) as member_count,
            coalesce(own.member_count, 0) + row_number() over (
                partition by prefixes.hub_id, counts.type_number order by prefixes.rank_of_link
            ) as part_count
        from prefixes
        inner join ig_k_counts as counts on prefixes.cluster_id = counts.cluster_id
        left join ig_k_counts as own
            on prefixes.hub_id = own.cluster_id and counts.type_number = own.type_number
        left join repeated
            on
                prefixes.hub_id = repeated.hub_id
                and prefixes.rank_of_link = repeated.rank_of_link
                and counts.type_number = repeated.type_number
    ),

    refused as (
        select hub_id, rank_of_link from running
        where member_count > member_limit and part_count > 1
        union all
        select later.hub_id, later.rank_of_link
        from ig_k_apart as apart
        inner join prefixes as earlier on apart.cluster_a = earlier.cluster_id
        inner join prefixes as later
            on
                apart.cluster_b = later.cluster_id
                and earlier.hub_id = later.hub_id
                and earlier.rank_of_link < later.rank_of_link
    ),

    first_refused as (
        select hub_id, min(rank_of_link) as rank_of_link
        from refused
        group by hub_id
    )

    select prefixes.cluster_id, prefixes.hub_id
    from prefixes
    left join first_refused on prefixes.hub_id = first_refused.hub_id
    where first_refused.rank_of_link is null or prefixes.rank_of_link < first_refused.rank_of_link
{% endmacro %}
