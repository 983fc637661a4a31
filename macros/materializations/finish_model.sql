{#
    Last steps of a materialization, once the model's rows are written: grants, descriptions, hooks and the end of
    the transaction. Returns what a materialization does.
#}
{% macro finish_model(target_relation, should_revoke=true) %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target_relation]}) }}
{% endmacro %}
