{# Every look-up among the nodes is made here. #}
{% macro graph_reach_components(plan) %}
    {% do replace_temp_table('ig_changed_edges', graph_changed_edges()) %}
    {% set ends %}
        {% for side in ['a', 'b'] %}
        select identifier_key_{{ side }} as identifier_key, not is_joined as is_parted from ig_changed_edges
        union all
        {% if plan.exclusions_changed %}
        select identifier_key_{{ side }}, false
        from ({{ graph_override_exclusions(plan.key_seed, plan.types) }}) as exclusions
        union all
        select identifier_key_{{ side }}, false from {{ graph_table('exclusions') }}
        union all
        {% endif %}
        {% endfor %}
        select identifier_key, false from ({{ graph_attribute_ends(plan) }}) as attribute_ends
    {% endset %}
    {% do replace_temp_table('ig_changed_ends',
        'select identifier_key, bool_or(is_parted) as is_parted from (' ~ ends ~ ') as ends group by identifier_key'
    ) %}
    {# Links whose evidence changed matter in pruned components: another may be the one to give way. #}
    {% set counted_ends = 'select identifier_key_a from ig_links_after union select identifier_key_b from ig_links_after' %}
    {% do graph_take('ig_nodes_before', 'nodes', 'identifier_key',
        'select identifier_key from ig_changed_ends union select identifier_key from ig_identifiers_after union ' ~ counted_ends
    ) %}
    {% set nodes_gone %}
        select nodes.*
        from ig_nodes_before as nodes
        inner join ig_identifiers_after as identifiers on nodes.identifier_key = identifiers.identifier_key
        where not ({{ graph_is_node(plan, 'nodes.identifier_key') }})
    {% endset %}
    {% do replace_temp_table('ig_nodes_gone', nodes_gone) %}
    {% set reached %}
        select component_id, bool_or(is_parted) as is_parted
        from (
            select component_id, true as is_parted from ig_nodes_gone
            union all
            select nodes.component_id, coalesce(ends.is_parted, false) as is_parted
            from ig_nodes_before as nodes
            left join ig_changed_ends as ends on nodes.identifier_key = ends.identifier_key
            where
                ends.identifier_key is not null
                or (nodes.cluster_id <> nodes.component_id and nodes.identifier_key in ({{ counted_ends }}))
        ) as reached
        group by component_id
    {% endset %}
    {% do replace_temp_table('ig_reached', reached) %}
    {% do graph_take('ig_members', 'nodes', 'component_id', 'select component_id from ig_reached') %}
{% endmacro %}

{# Brings the pairs that overrides keep apart up to date. #}
{% macro graph_read_exclusions(plan) %}
    {% if plan.is_rebuild or plan.exclusions_changed %}
        {% do run_statement('delete from ' ~ graph_table('exclusions')) %}
        {% do graph_insert('exclusions', graph_override_exclusions(plan.key_seed, plan.types)) %}
    {% endif %}
{% endmacro %}
