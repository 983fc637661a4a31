{#
    Replaces a view in place. dbt would swap it by two names and drop the earlier one with all views that
    read it, which readers would miss until dbt comes to build those again. Only where columns were
    renamed, retyped or removed is there no other way.
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
