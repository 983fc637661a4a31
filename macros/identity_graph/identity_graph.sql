{#
    Materialises the identity graph of `identity_sources`, incrementally and in one transaction.

    The model's own relation is the view `identity_graph` of its nodes; the state stands beside it in
    tables named identity_graph__<table>, listed by `graph_state_columns` and read by other models
    through `graph_table`. A run reads the records that changed since the last, and touches only what
    they reach: sets of identifiers, identifiers, links, guards, components, ledger, change log. The
    steps follow one another in `graph_refresh`.

    A crash at any moment leaves the state of the run before: everything is one transaction, and all
    that is written on the way is temporary.
#}
{% materialization identity_graph, default %}
    {% set target_relation = this.incorporate(type='view') %}
    {% set existing_relation = load_cached_relation(this) %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {# Opens the transaction: statements of run_query only join one. #}
    {% call statement('open', auto_begin=True) %} select 1 as opened {% endcall %}

    {% do graph_create_tables() %}
    {% set summary = graph_refresh() %}
    {% if existing_relation is none %}
        {% do run_query(get_create_view_as_sql(target_relation, 'select * from ' ~ graph_table('nodes'))) %}
    {% endif %}

    {% call statement('main', fetch_result=True) %}
        select '{{ summary }}' as summary
    {% endcall %}
    {{ log(this.identifier ~ ': ' ~ summary, info=true) }}

    {{ return(finish_model(target_relation, should_revoke=false)) }}
{% endmaterialization %}
