{# Decides links of a round. Leaves ig_k_joins: clusters whose cluster_id becomes part of hub_id. #}
{% macro graph_cluster_joins() %}
    {% call graph_temp_table('ig_k_joins') %}
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
            {% for side in ['a', 'b'] %}
            inner join choices as choices_{{ side }}
                on edges.cluster_{{ side }} = choices_{{ side }}.cluster_id and edges.rank_of_link = choices_{{ side }}.rank_of_link
            {% endfor %}
        ),

        {# Links of a hub, with the number of earlier ones that are not the choice of their other end. #}
        choosers as (
            select
                ends.cluster_id as hub_id,
                ends.other_id as cluster_id,
                ends.rank_of_link,
                sum(case when choices.rank_of_link = ends.rank_of_link then 0 else 1 end) over (
                    partition by ends.cluster_id order by ends.rank_of_link
                    rows between unbounded preceding and current row
                ) as others_before
            from ends
            inner join mutual on ends.cluster_id = mutual.hub_id
            inner join choices on ends.other_id = choices.cluster_id
        ),

        admitted as (
            select hub_id, cluster_id, rank_of_link from choosers where others_before = 0
        ),

        {# Once a cluster has joined, its links to others are the hub's and may come before the hub's next. #}
        interruptions as (
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

        uninterrupted as (
            select
                admitted.hub_id,
                admitted.cluster_id,
                admitted.rank_of_link,
                min(interruptions.rank_of_link) over (
                    partition by admitted.hub_id order by admitted.rank_of_link
                    rows between unbounded preceding and 1 preceding
                ) as rank_of_interruption
            from admitted
            left join interruptions
                on admitted.hub_id = interruptions.hub_id and admitted.cluster_id = interruptions.cluster_id
        ),

        prefixes as (
            select hub_id, cluster_id, rank_of_link
            from uninterrupted
            where rank_of_interruption is null or rank_of_link < rank_of_interruption
        ),

        {# Attribute values of a joining cluster that the hub or an earlier joining cluster has already. #}
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

        {# Running totals per hub and type, to find the first cluster that would break a limit. #}
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
            select hub_id, min(rank_of_link) as rank_of_link from refused group by hub_id
        )

        select prefixes.cluster_id, prefixes.hub_id
        from prefixes
        left join first_refused on prefixes.hub_id = first_refused.hub_id
        where first_refused.rank_of_link is null or prefixes.rank_of_link < first_refused.rank_of_link
    {% endcall %}
{% endmacro %}
