{#
    Tables of the graph's state with their columns, described in models/identity/state. Only the materialization
    writes them, in one transaction. A full refresh keeps id_registry and changes.
#}
{% macro graph_state_columns() %}
    {% do return({
        'state': {
            'rules': 'text', 'key_seed': 'bigint', 'last_id': 'bigint', 'last_run': 'bigint',
            'first_logged_run': 'bigint',
        },
        'batches': {
            'source_model': 'text', 'last_batch': 'bigint',
        },
        'records': {
            'source_number': 'integer', 'record_id': 'text', 'record_key': 'bigint',
            'combination_key': 'bigint', 'observed_at': 'timestamp',
        },
        'combinations': {
            'combination_key': 'bigint', 'source_number': 'integer', 'identifier_count': 'integer',
            'identifier_keys': 'bigint[]', 'record_count': 'bigint', 'first_observed_at': 'timestamp',
            'last_observed_at': 'timestamp', 'sample_record_id': 'text',
        },
        'dictionary': {
            'identifier_key': 'bigint', 'identifier_type': 'text', 'identifier_value': 'text',
        },
        'identifiers': {
            'identifier_key': 'bigint', 'value_check': 'bigint', 'identifier_type': 'text',
            'blocking_priority': 'bigint', 'record_count': 'bigint', 'first_observed_at': 'timestamp',
            'last_observed_at': 'timestamp', 'is_shared': 'boolean', 'neighbour_type': 'text',
            'neighbour_count': 'bigint',
        },
        'links': {
            'identifier_key_a': 'bigint', 'identifier_key_b': 'bigint', 'record_count': 'bigint',
            'source_mask': 'bigint', 'sample_record': 'text', 'first_observed_at': 'timestamp',
            'last_observed_at': 'timestamp', 'status': 'text',
        },
        'nodes': {
            'identifier_key': 'bigint', 'component_id': 'bigint', 'cluster_id': 'bigint',
        },
        'clusters': {
            'cluster_id': 'bigint', 'profile_id': 'text',
        },
        'reassignments': {
            'run_number': 'bigint', 'combination_key': 'bigint', 'identifier_key': 'bigint',
        },
        'exclusions': {
            'identifier_key_a': 'bigint', 'identifier_key_b': 'bigint',
        },
        'id_registry': {
            'profile_id': 'text', 'original_identifier_type': 'text',
            'original_identifier_value': 'text', 'generation': 'bigint',
            'canonical_identifier_type': 'text', 'canonical_identifier_value': 'text',
            'canonical_identifier_key': 'bigint', 'redirected_to_profile_id': 'text',
            'first_observed_at': 'timestamp', 'created_at': 'timestamp', 'redirected_at': 'timestamp',
        },
        'changes': {
            'change_id': 'text', 'change_type': 'text', 'from_profile_id': 'text',
            'to_profile_id': 'text', 'cause': 'text', 'cause_link_id': 'text',
            'identifier_count': 'bigint', 'changed_at': 'timestamp',
        },
    }) %}
{% endmacro %}

{# Creates the tables of the state that do not exist yet. #}
{% macro graph_create_tables() %}
    {% if load_relation(graph_table('ledger')) is not none %}
        {% do exceptions.raise_compiler_error(
            'Table identity_graph__ledger of an earlier version holds the profile ids: upgrade the warehouse first.'
        ) %}
    {% endif %}
    {% set statements = [] %}
    {% for name, columns in graph_state_columns().items() %}
        {% set table = graph_table(name) %}
        {% set definitions = [] %}
        {% for column, type in columns.items() %}
            {% do definitions.append(column ~ ' ' ~ type) %}
        {% endfor %}
        {% do statements.append('create table if not exists ' ~ table ~ ' (' ~ definitions | join(', ') ~ ')') %}
    {% endfor %}
    {# A state table of an earlier version lacks columns; its fingerprint then leads to a full build. #}
    {% for column, type in graph_state_columns().state.items() %}
        {% do statements.append('alter table ' ~ graph_table('state') ~ ' add column if not exists ' ~ column ~ ' ' ~ type) %}
    {% endfor %}
    {% do run_statement(statements | join('; ')) %}
{% endmacro %}

{# Empties the state before a full build, except for id_registry and changes, and plans to read all sources. #}
{% macro graph_empty(plan) %}
    {% for name in graph_state_columns() if name not in ['id_registry', 'changes'] %}
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

{# Deleted rows would stay in the file. The table is created again right after. #}
{% macro default__graph_empty_table(name) %}
    {% do run_query('drop table ' ~ graph_table(name)) %}
{% endmacro %}

{# Views read the table, so it cannot be dropped; an earlier version may have had fewer columns. #}
{% macro postgres__graph_empty_table(name) %}
    {% set statements = ['truncate ' ~ graph_table(name)] %}
    {% for column, type in graph_state_columns()[name].items() %}
        {% do statements.append('alter table ' ~ graph_table(name) ~ ' add column if not exists ' ~ column ~ ' ' ~ type) %}
    {% endfor %}
    {% do run_statement(statements | join('; ')) %}
{% endmacro %}

{# Stores the profile of every identifier by type and value, since a full build may change the keys. #}
{% macro graph_note_members() %}
    {% call graph_temp_table('ig_members_named') %}
        select dictionary.identifier_type, dictionary.identifier_value, clusters.profile_id
        from {{ graph_table('nodes') }} as nodes
        inner join {{ graph_table('dictionary') }} as dictionary
            on nodes.identifier_key = dictionary.identifier_key
        inner join {{ graph_table('clusters') }} as clusters on nodes.cluster_id = clusters.cluster_id
    {% endcall %}
{% endmacro %}

{# Maps the profiles before the build, and the canonical identifiers, to the new keys. #}
{% macro graph_rekey(plan) %}
    {% call graph_temp_table('ig_members_before') %}
        select
            {{ identifier_key('identifier_type', 'identifier_value', plan.key_seed, plan.types) }} as identifier_key,
            profile_id
        from ig_members_named
    {% endcall %}
    {% set rekeyed %}
        update {{ graph_table('id_registry') }}
        set canonical_identifier_key = {{ identifier_key('canonical_identifier_type', 'canonical_identifier_value', plan.key_seed, plan.types) }}
    {% endset %}
    {% do run_query(rekeyed) %}
{% endmacro %}
