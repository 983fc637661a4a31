{#
    Replaces a view in place. dbt would rename a new view and drop the old one together with all views that read it, so
    readers would fail until dbt has rebuilt these. This only happens if columns were renamed, retyped or removed.
#}
{% materialization view, adapter='postgres' %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='view') %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing_relation is not none and not existing_relation.is_view %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
    {% call statement('main') %}
        do $block$
        begin
            {{ get_replace_view_sql(target_relation, sql) }}
        exception
            when invalid_table_definition then
                drop view {{ target_relation }} cascade;
                {{ get_create_view_as_sql(target_relation, sql) }}
        end
        $block$
    {% endcall %}

    {{ return(finish_model(target_relation)) }}
{% endmaterialization %}
