{#
    Regions that hold more of a type than one profile may, or two identifiers that an override keeps apart,
    are cut into clusters; any other region is one cluster and gives it its id. Leaves ig_located, the
    nodes of the regions with their clusters, and ig_placed, those whose region or cluster changed.
#}
{% macro graph_cut_regions(plan) %}
    {% do graph_read_exclusions(plan) %}
    {% if plan.is_rebuild %}
        {% do replace_temp_table('ig_region_nodes',
            'select moved.identifier_key, moved.region_id, identifiers.strength, identifiers.first_observed_at, cast(null as bigint) as region_before, cast(null as bigint) as cluster_before'
            ~ ' from ig_moved as moved inner join ' ~ graph_table('identifiers') ~ ' as identifiers on moved.identifier_key = identifiers.identifier_key'
        ) %}
        {% do graph_drop(['ig_moved']) %}
    {% else %}
        {% do replace_temp_table('ig_region_nodes', graph_region_nodes()) %}
    {% endif %}
    {% do replace_temp_table('ig_violating', graph_violating_regions(plan)) %}
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
            nodes.strength,
            nodes.first_observed_at
        from ig_region_nodes as nodes
        {% if has_violation %}
        left join ig_clustered as clusters on nodes.identifier_key = clusters.identifier_key
        {% endif %}
    {% endset %}
    {% do replace_temp_table('ig_located', placed) %}
    {% do graph_mark_cut_links(plan, has_violation) %}
    {% do graph_drop(['ig_region_nodes']) %}
    {% if plan.is_rebuild %}
        {% do plan.update({'placed': 'ig_located'}) %}
    {% else %}
        {% do plan.update({'placed': 'ig_placed'}) %}
        {% do replace_temp_table('ig_placed',
            'select * from ig_located where region_id is distinct from region_before or cluster_id is distinct from cluster_before'
        ) %}
    {% endif %}
{% endmacro %}

{# Brings the pairs that overrides keep apart up to date. #}
{% macro graph_read_exclusions(plan) %}
    {% if plan.is_rebuild or plan.exclusions_changed %}
        {% do run_query('delete from ' ~ graph_table('exclusions')) %}
        {% do run_query('insert into ' ~ graph_table('exclusions') ~ ' ' ~ graph_override_exclusions(plan.key_seed)) %}
    {% endif %}
{% endmacro %}

{% macro graph_region_nodes() %}
    with

    nodes as (
        select
            moved.identifier_key,
            moved.region_id,
            before.region_id as region_before,
            before.cluster_id as cluster_before
        from ig_moved as moved
        left join (
            select nodes.* from {{ graph_table('nodes') }} as nodes
            where nodes.identifier_key in (select identifier_key from ig_moved)
        ) as before on moved.identifier_key = before.identifier_key
        union all
        select
            nodes.identifier_key,
            nodes.region_id,
            nodes.region_id as region_before,
            nodes.cluster_id as cluster_before
        from {{ graph_table('nodes') }} as nodes
        left join ig_moved as moved on nodes.identifier_key = moved.identifier_key
        left join ig_nodes_gone as gone on nodes.identifier_key = gone.identifier_key
        where
            nodes.region_id in (select region_id from ig_regions)
            and moved.identifier_key is null
            and gone.identifier_key is null
    )

    select
        nodes.identifier_key,
        nodes.region_id,
        identifiers.strength,
        identifiers.first_observed_at,
        nodes.region_before,
        nodes.cluster_before
    from nodes
    inner join (
        select identifiers.identifier_key, identifiers.strength, identifiers.first_observed_at
        from {{ graph_table('identifiers') }} as identifiers
        where identifiers.identifier_key in (select identifier_key from nodes)
    ) as identifiers on nodes.identifier_key = identifiers.identifier_key
{% endmacro %}

{% macro graph_profile_limits(plan) %}
    {% set limits = [] %}
    {% for type in plan.types if type.limit_per_profile is not none %}
        {% do limits.append('when ' ~ type.strength ~ ' then ' ~ type.limit_per_profile) %}
    {% endfor %}
    {% do return('case strength ' ~ limits | join(' ') ~ ' end' if limits else 'cast(null as integer)') %}
{% endmacro %}

{% macro graph_violating_regions(plan) %}
    select region_id
    from ig_region_nodes
    group by region_id, strength
    having count(*) > {{ graph_profile_limits(plan) }}
    union
    select nodes_a.region_id
    from {{ graph_table('exclusions') }} as exclusions
    inner join ig_region_nodes as nodes_a on exclusions.identifier_key_a = nodes_a.identifier_key
    inner join ig_region_nodes as nodes_b
        on exclusions.identifier_key_b = nodes_b.identifier_key and nodes_a.region_id = nodes_b.region_id
{% endmacro %}

{#
    Marks the links that hold but join two clusters of one region: 3 for a limit per profile, 4 for an
    override. ig_edges_cut holds those that were newly cut.
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
