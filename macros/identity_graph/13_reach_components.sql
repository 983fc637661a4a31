{# Finds the components that changed links and nodes belong to. #}
{% macro graph_reach_components(plan) %}
    {# Links that began to pass all filters, and those that ceased to, with their status now, null where they are gone. #}
    {% call graph_temp_table('ig_changed_edges') %}
        select
            evaluated.identifier_key_a,
            evaluated.identifier_key_b,
            evaluated.status,
            {{ passes_link_filters('evaluated.status') }} as is_joined
        from ig_evaluated as evaluated
        where
            {{ passes_link_filters('evaluated.status') }}
            <> coalesce({{ passes_link_filters('evaluated.status_before') }}, false)
        union all
        select before.identifier_key_a, before.identifier_key_b, null as status, false as is_joined
        from ig_links_before as before
        left join ig_links_after as after
            on
                before.identifier_key_a = after.identifier_key_a
                and before.identifier_key_b = after.identifier_key_b
        where {{ passes_link_filters('before.status') }} and after.identifier_key_a is null
    {% endcall %}
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
    {% call graph_temp_table('ig_nodes_gone') %}
        select nodes.*
        from ig_nodes_before as nodes
        inner join ig_identifiers_after as identifiers on nodes.identifier_key = identifiers.identifier_key
        where not ({{ graph_is_node(plan, 'nodes.identifier_key') }})
    {% endcall %}
    {% call graph_temp_table('ig_reached') %}
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
    {% endcall %}
    {% do graph_take('ig_members', 'nodes', 'component_id', 'select component_id from ig_reached') %}
{% endmacro %}

{# Brings the pairs that overrides keep apart up to date. #}
{% macro graph_read_exclusions(plan) %}
    {% if plan.is_rebuild or plan.exclusions_changed %}
        {% do run_statement('delete from ' ~ graph_table('exclusions')) %}
        {% do graph_insert('exclusions', graph_override_exclusions(plan.key_seed, plan.types)) %}
    {% endif %}
{% endmacro %}
