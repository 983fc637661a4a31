{#
    Materialises the exact connected components of an undirected graph.

    The model's SQL returns the edges as `node_a`, `node_b` (bigint; order, duplicates and self loops do
    not matter). The relation has one row per node of an edge: `node_id`, and `component_id`, the same for two
    nodes if and only if a path connects them. The label is one of the nodes of the component in this build; it is
    not stable between builds.

    The relation is replaced in one transaction: a crash leaves the earlier one.
#}
{% materialization connected_components, default %}
    {% set target_relation = this.incorporate(type='table') %}
    {% set existing_relation = load_cached_relation(this) %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {% if existing_relation is not none and not existing_relation.is_table %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% do solve_components(target_relation, sql) %}

    {# The main statement, for dbt's run results. #}
    {% call statement('main', fetch_result=True) %}
        select count(*) as node_count from {{ target_relation }}
    {% endcall %}

    {% do create_indexes(target_relation) %}

    {{ return(finish_model(target_relation, should_revoke=should_revoke(existing_relation, full_refresh_mode=True))) }}
{% endmaterialization %}

{#
    Writes the components of the graph that `edges_sql` returns to `target_relation`, replacing it; a
    name in place of a relation is a table of this session.
    Raises when it has not converged, which the bounds of the algorithms rule out.
#}
{% macro solve_components(target_relation, edges_sql) %}
    {% do adapter.dispatch('solve_components', 'customer_data_platform')(target_relation, edges_sql) %}
{% endmacro %}

{% macro default__solve_components(target_relation, edges_sql) %}
    {% do components_by_hooking(target_relation, edges_sql) %}
{% endmacro %}

{% macro postgres__solve_components(target_relation, edges_sql) %}
    {% do components_by_union_find(target_relation, edges_sql) %}
{% endmacro %}

{% macro publish_components(target_relation, query) %}
    {% if target_relation is string %}
        {% do replace_temp_table(target_relation, query) %}
    {% else %}
        {% do replace_table(target_relation, query) %}
    {% endif %}
{% endmacro %}
