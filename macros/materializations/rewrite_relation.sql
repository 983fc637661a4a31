{% macro rewrite_relation(target_relation) %}
    {% set existing_relation = load_cached_relation(this) %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement('main') %}
        {% if existing_relation is not none %}
        drop {{ existing_relation.type }} if exists {{ existing_relation }};
        {% endif %}
        {% if target_relation.is_view %}
        {{ get_create_view_as_sql(target_relation, sql) }}
        {% else %}
        {{ create_table_as(False, target_relation, sql) }}
        {% endif %}
    {% endcall %}

    {{ return(finish_model(target_relation)) }}
{% endmacro %}
