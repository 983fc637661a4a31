{#
    Materialises the identity graph of `identity_sources`, incrementally and in one transaction.

    The model's own relation is a view of the nodes; the state is in tables identity_graph__<table> beside it
    (`graph_state_columns`). A run reads the records that changed since the last, and updates only what they
    reach. See README.md.

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

{# Brings the state up to date with its sources and rules; returns one line that says what was done. #}
{% macro graph_refresh() %}
    {% set plan = graph_plan() %}
    {% if not plan.is_due %}
        {% do return('nothing new') %}
    {% endif %}
    {% if not plan.is_rebuild %}
        {% do graph_read_records(plan) %}
        {% do graph_combine_records() %}
        {% do graph_learn_identifiers(plan) %}
        {% if graph_has_collision(plan) %}
            {% do plan.update({'is_rebuild': true, 'key_seed': plan.key_seed + 1}) %}
        {% endif %}
    {% endif %}
    {% if plan.is_rebuild %}
        {% do graph_read_all(plan) %}
        {% do graph_gather_statistics(['combinations', 'identifiers', 'dictionary']) %}
        {% do graph_link_all(plan) %}
        {% do graph_gather_statistics(['links']) %}
        {% do graph_filter_all_links(plan) %}
    {% else %}
        {% do graph_write_records() %}
        {% do graph_count_identifiers() %}
        {% do graph_count_links(plan) %}
        {% do graph_filter_links(plan) %}
    {% endif %}
    {% do graph_join_components(plan) %}
    {% do graph_prune_components(plan) %}
    {% if plan.is_rebuild %}{% do graph_gather_statistics(['nodes']) %}{% endif %}
    {% do graph_assign_profiles(plan) %}
    {% do graph_log_changes(plan) %}
    {% do graph_log_reassignments(plan) %}
    {% do graph_remember(plan) %}
    {% if plan.is_rebuild %}
        {% do graph_create_indexes() %}
    {% endif %}
    {% set summary = graph_summary(plan) %}
    {% do graph_drop_temporary() %}
    {% do return(summary) %}
{% endmacro %}

{# Refreshes planner statistics of the tables that were just filled, on engines that have them. #}
{% macro graph_gather_statistics(names) %}
    {% for name in names %}
        {% set statement = gather_statistics(graph_table(name)) %}
        {% if statement %}{% do run_statement(statement) %}{% endif %}
    {% endfor %}
{% endmacro %}

{# Log line with the numbers of the run. #}
{% macro graph_summary(plan) %}
    {% set counts = run_query(
        'select (select count(*) from ' ~ (graph_table('records') if plan.is_rebuild else 'ig_new') ~ '),'
        ~ ' (select count(*) from ' ~ ('ig_members_before where 1 = 0' if plan.is_rebuild else 'ig_gone') ~ '),'
        ~ ' (select count(*) from ' ~ (graph_table('nodes') if plan.is_rebuild else 'ig_assigned') ~ '),'
        ~ ' (select count(*) from ig_created), (select count(*) from ig_logged)'
    ).rows[0] %}
    {% do return(
        ('full build: ' if plan.is_rebuild else '') ~ counts[0] ~ ' records added, ' ~ counts[1] ~ ' removed, '
        ~ counts[2] ~ ' identifiers assigned, ' ~ counts[3] ~ ' profiles created, ' ~ counts[4] ~ ' merges and splits'
    ) %}
{% endmacro %}

{# Drops all temporary tables at the end, since the next model uses the same connection. #}
{% macro graph_drop_temporary() %}
    {% set temporary_tables = run_query(
        "select table_name from information_schema.tables"
        ~ " where table_type = 'LOCAL TEMPORARY' and table_name like 'ig~_%' escape '~'"
    ).columns[0].values() %}
    {% do graph_drop(temporary_tables) %}
{% endmacro %}

{# Drops temporary tables that no later step reads, to free their memory. #}
{% macro graph_drop(tables) %}
    {% set statements = [] %}
    {% for table in tables %}{% do statements.append('drop table if exists ' ~ table) %}{% endfor %}
    {% do run_statement(statements | join('; ')) %}
{% endmacro %}
