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

    {% do apply_grants(target_relation, config.get('grants'), should_revoke=true) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmacro %}
