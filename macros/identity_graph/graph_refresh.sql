{# Brings the state up to date with its sources and rules; returns one line that says what was done. #}
{% macro graph_refresh() %}
    {% set plan = graph_plan() %}
    {% if not plan.is_due %}
        {% do return('nothing new') %}
    {% endif %}
    {% if plan.is_rebuild %}
        {% do graph_empty(plan) %}
    {% endif %}
    {% do graph_read(plan) %}
    {% do graph_write_records(plan) %}
    {% do graph_count_identifiers(plan) %}
    {% do graph_count_links(plan) %}
    {% do graph_apply_guards(plan) %}
    {% do graph_join_regions(plan) %}
    {% do graph_cut_regions(plan) %}
    {% do graph_write_nodes(plan) %}
    {% do graph_keep_ledger(plan) %}
    {% do graph_log_changes(plan) %}
    {% do graph_remember(plan) %}
    {% if plan.is_rebuild %}
        {% do graph_create_indexes() %}
    {% endif %}
    {% set summary = graph_summary(plan) %}
    {% do graph_drop_temporary() %}
    {% do return(summary) %}
{% endmacro %}

{# Reads what changed. Where two identifiers get one key, all is read again under other keys. #}
{% macro graph_read(plan) %}
    {% set found = namespace(collision=true) %}
    {% for attempt in range(8) if found.collision %}
        {% if not loop.first %}
            {% do plan.update({'key_seed': plan.key_seed + 1}) %}
            {% do graph_empty(plan) %}
        {% endif %}
        {% do graph_read_records(plan) %}
        {% do graph_fold_records(plan) %}
        {% do graph_learn_identifiers(plan) %}
        {% set found.collision = graph_has_collision(plan) %}
    {% endfor %}
    {% if found.collision %}
        {% do exceptions.raise_compiler_error(this ~ ': no seed gives every identifier a key of its own.') %}
    {% endif %}
    {% if plan.is_rebuild %}
        {% do graph_rekey(plan) %}
    {% endif %}
{% endmacro %}

{# What was done, in numbers. #}
{% macro graph_summary(plan) %}
    {% set counts = run_query(
        'select ' ~ plan.arrival_count ~ ', (select count(*) from ig_gone), (select count(*) from ' ~ plan.placed ~ '),'
        ~ ' (select count(*) from ig_minted), (select count(*) from ig_logged)'
    ).rows[0] %}
    {% do return(
        ('built again: ' if plan.is_rebuild else '') ~ counts[0] ~ ' records came, ' ~ counts[1] ~ ' went, '
        ~ counts[2] ~ ' identifiers placed, ' ~ counts[3] ~ ' profiles minted, ' ~ counts[4] ~ ' merges and splits'
    ) %}
{% endmacro %}

{# Nothing is left in the session for the next model on its connection. #}
{% macro graph_drop_temporary() %}
    {% do graph_drop(graph_temporary_tables()) %}
{% endmacro %}

{# Gives up what no later step reads: the memory it holds is wanted. #}
{% macro graph_drop(tables) %}
    {% set statements = [] %}
    {% for table in tables %}{% do statements.append('drop table if exists ' ~ table) %}{% endfor %}
    {% do run_statement(statements | join('; ')) %}
{% endmacro %}
