{#
    Divides violating components into clusters. Leaves ig_clustered.

    The rule: take a component's links one by one, by priority and of equals the oldest first, and join their
    ends unless the joined cluster would hold more of a type than one profile may, or a pair that an override
    keeps apart. So the links of lowest priority and then the newest are pruned, and only where they join too much.
    (J. B. Kruskal, On the shortest spanning subtree of a graph, Proc. AMS 7, 1956, with that condition.)
    Attributes are counted by value: two clusters with the same birth date hold one. Links of `always` overrides
    come first and are never refused.

    The implementation decides many links per round. Clusters only grow, so a refused join stays refused, and all
    pairs of clusters that may not join are dropped at once. Every cluster then chooses its first remaining link.
    Where two clusters choose each other, one is the hub: its links are decided in order, as long as each is also
    the choice of its other end and no link of a cluster that just joined comes before it. Until then nothing else
    can happen to either end, so each round decides as the rule does.
#}
{% macro graph_cluster_components(plan) %}
    {% call graph_temp_table('ig_k_nodes') %}
        select identifier_key, component_id, type_number
        from ig_component_nodes
        where component_id in (select component_id from ig_violating)
    {% endcall %}
    {# Links of violating components in the order in which they are decided, independent of keys and their hash. #}
    {% call graph_temp_table('ig_k_links') %}
        with

        named as (
            select
                nodes.identifier_key,
                nodes.type_number,
                dictionary.identifier_value
            from ig_k_nodes as nodes
            inner join {{ graph_table('dictionary') }} as dictionary
                on nodes.identifier_key = dictionary.identifier_key
        ),

        {# The end of higher priority first; of equal types the lesser value. #}
        directed as (
            select
                links.identifier_key_a,
                links.identifier_key_b,
                links.first_observed_at,
                (links.source_mask & 1) = 1 as is_override,
                greatest(ends_a.type_number, ends_b.type_number) as weaker_type,
                least(ends_a.type_number, ends_b.type_number) as stronger_type,
                case
                    when ends_a.type_number < ends_b.type_number then ends_a.identifier_value
                    when ends_a.type_number > ends_b.type_number then ends_b.identifier_value
                    else least(ends_a.identifier_value, ends_b.identifier_value)
                end as value_1,
                case
                    when ends_a.type_number < ends_b.type_number then ends_b.identifier_value
                    when ends_a.type_number > ends_b.type_number then ends_a.identifier_value
                    else greatest(ends_a.identifier_value, ends_b.identifier_value)
                end as value_2
            from {{ graph_table('links') }} as links
            inner join named as ends_a on links.identifier_key_a = ends_a.identifier_key
            inner join named as ends_b on links.identifier_key_b = ends_b.identifier_key
            where {{ passes_link_filters('links.status') }}
        )

        select
            identifier_key_a,
            identifier_key_b,
            is_override,
            row_number() over (
                order by weaker_type, stronger_type, first_observed_at, value_1, value_2
            ) as rank_of_link
        from directed
    {% endcall %}
    {% do solve_components('ig_components', 'select identifier_key_a as node_a, identifier_key_b as node_b from ig_k_links where is_override') %}
    {% call graph_temp_table('ig_k_clusters') %}
        select
            nodes.identifier_key,
            nodes.type_number,
            dense_rank() over (order by coalesce(components.component_id, nodes.identifier_key)) as cluster_id
        from ig_k_nodes as nodes
        left join ig_components as components on nodes.identifier_key = components.node_id
    {% endcall %}
    {% set edges %}
        select
            links.rank_of_link,
            ends_a.cluster_id as cluster_a,
            ends_b.cluster_id as cluster_b
        from ig_k_links as links
        inner join ig_k_clusters as ends_a on links.identifier_key_a = ends_a.identifier_key
        inner join ig_k_clusters as ends_b on links.identifier_key_b = ends_b.identifier_key
        where not links.is_override
    {% endset %}
    {% do replace_temp_table('ig_k_edges', graph_edges_between_clusters(edges)) %}
    {# Each round decides at least one link; Jinja's range is limited to 100,000. #}
    {% set round_limit = [query_value('select count(*) from ig_k_edges') | int + 1, 100000] | min %}
    {% set open = namespace(edges=true) %}
    {% for round in range(round_limit) if open.edges %}
        {% do graph_cluster_round() %}
        {% set open.edges = query_is_true('select count(*) > 0 from ig_k_open') %}
        {% if open.edges %}
            {% do graph_cluster_joins() %}
            {% call graph_temp_table('ig_k_renamed') %}
                select
                    clusters.identifier_key,
                    clusters.type_number,
                    coalesce(joins.hub_id, clusters.cluster_id) as cluster_id
                from ig_k_clusters as clusters
                left join ig_k_joins as joins on clusters.cluster_id = joins.cluster_id
            {% endcall %}
            {% do replace_temp_table('ig_k_clusters', 'select * from ig_k_renamed') %}
            {% set remaining %}
                select
                    edges.rank_of_link,
                    coalesce(joins_a.hub_id, edges.cluster_a) as cluster_a,
                    coalesce(joins_b.hub_id, edges.cluster_b) as cluster_b
                from ig_k_open as edges
                left join ig_k_joins as joins_a on edges.cluster_a = joins_a.cluster_id
                left join ig_k_joins as joins_b on edges.cluster_b = joins_b.cluster_id
            {% endset %}
            {% do replace_temp_table('ig_k_edges', graph_edges_between_clusters(remaining)) %}
        {% endif %}
    {% endfor %}
    {% if open.edges %}
        {% do exceptions.raise_compiler_error(this ~ ': the pruning of components has not converged after ' ~ round_limit ~ ' rounds.') %}
    {% endif %}
    {% do replace_temp_table('ig_clustered',
        'select identifier_key, ' ~ plan.last_id ~ ' + dense_rank() over (order by cluster_id) as cluster_id from ig_k_clusters'
    ) %}
    {% do plan.update({'last_id': query_value('select max(cluster_id) from ig_clustered') | int}) %}
{% endmacro %}

{# The first link between each pair of clusters; the others add nothing. #}
{% macro graph_edges_between_clusters(edges) %}
    select
        min(rank_of_link) as rank_of_link,
        least(cluster_a, cluster_b) as cluster_a,
        greatest(cluster_a, cluster_b) as cluster_b
    from ({{ edges }}) as edges
    where cluster_a <> cluster_b
    group by least(cluster_a, cluster_b), greatest(cluster_a, cluster_b)
{% endmacro %}
