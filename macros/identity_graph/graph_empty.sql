{# Empties the state before it is built again, all but ledger and change log, and names what is to be read. #}
{% macro graph_empty(plan) %}
    {% for name in graph_state_columns() if name not in ['ledger', 'changes'] %}
        {% do graph_empty_table(name) %}
    {% endfor %}
    {% do graph_create_tables() %}
    {% set sources = graph_sources_with_batches() %}
    {% for source in sources %}{% do source.update({'since': none}) %}{% endfor %}
    {% do plan.update({'sources': sources}) %}
{% endmacro %}

{% macro graph_empty_table(name) %}
    {% do adapter.dispatch('graph_empty_table')(name) %}
{% endmacro %}

{# Deleted rows would stay in the file; it is made again right after. #}
{% macro default__graph_empty_table(name) %}
    {% do run_query('drop table ' ~ graph_table(name)) %}
{% endmacro %}

{# Views that read it would not let it be dropped, but a version before may have known fewer columns. #}
{% macro postgres__graph_empty_table(name) %}
    {% set statements = ['truncate ' ~ graph_table(name)] %}
    {% for column, type in graph_state_columns()[name].items() %}
        {% do statements.append('alter table ' ~ graph_table(name) ~ ' add column if not exists ' ~ column ~ ' ' ~ type) %}
    {% endfor %}
    {% do run_statement(statements | join('; ')) %}
{% endmacro %}

{# Who belongs to whom, by name: keys may be others once all is read again. #}
{% macro graph_note_members() %}
    {% set members_named %}
        select dictionary.identifier_type, dictionary.identifier_value, clusters.profile_id
        from {{ graph_table('nodes') }} as nodes
        inner join {{ graph_table('dictionary') }} as dictionary
            on nodes.identifier_key = dictionary.identifier_key
        inner join {{ graph_table('clusters') }} as clusters on nodes.cluster_id = clusters.cluster_id
    {% endset %}
    {% do replace_temp_table('ig_members_named', members_named) %}
{% endmacro %}

{# Who belonged to whom, under the keys that the identifiers have now. #}
{% macro graph_rekey(plan) %}
    {% set members_before %}
        select
            {{ identifier_key('identifier_type', 'identifier_value', plan.key_seed, plan.types) }} as identifier_key,
            profile_id
        from ig_members_named
    {% endset %}
    {% do replace_temp_table('ig_members_before', members_before) %}
    {% set rekeyed %}
        update {{ graph_table('ledger') }}
        set anchor_identifier_key = {{ identifier_key('anchor_identifier_type', 'anchor_identifier_value', plan.key_seed, plan.types) }}
    {% endset %}
    {% do run_query(rekeyed) %}
{% endmacro %}
