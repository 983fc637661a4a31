{# Columns by which incremental runs look rows up. #}
{% macro graph_indexes() %}
    {% do return({
        'records': ['record_key', 'combination_key'], 'combinations': ['combination_key'], 'dictionary': ['identifier_key'],
        'identifiers': ['identifier_key'], 'links': ['identifier_key_a', 'identifier_key_b'],
        'nodes': ['identifier_key', 'component_id', 'cluster_id'], 'clusters': ['cluster_id', 'profile_id'],
        'id_registry': ['profile_id', 'canonical_identifier_key', 'redirected_to_profile_id'],
    }) %}
{% endmacro %}

{# PostgreSQL only: scanning is faster on DuckDB than maintaining indexes. #}
{% macro graph_create_indexes() %}
    {% do adapter.dispatch('graph_create_indexes')() %}
{% endmacro %}

{% macro default__graph_create_indexes() %}
{% endmacro %}

{% macro postgres__graph_create_indexes() %}
    {% for name, columns in graph_indexes().items() %}
        {% for column in columns %}
            {% do run_query(
                'create index if not exists "' ~ graph_table(name).identifier ~ '__' ~ column ~ '" on '
                ~ graph_table(name) ~ ' (' ~ column ~ ')'
            ) %}
        {% endfor %}
        {% do run_query('analyze ' ~ graph_table(name)) %}
    {% endfor %}
{% endmacro %}

{# A full build fills tables faster without indexes. #}
{% macro graph_drop_indexes() %}
    {% do adapter.dispatch('graph_drop_indexes')() %}
{% endmacro %}

{% macro default__graph_drop_indexes() %}
{% endmacro %}

{% macro postgres__graph_drop_indexes() %}
    {% for name, columns in graph_indexes().items() %}
        {% for column in columns %}
            {% do run_query(
                'drop index if exists ' ~ graph_table(name).include(identifier=false) ~ '."'
                ~ graph_table(name).identifier ~ '__' ~ column ~ '"'
            ) %}
        {% endfor %}
    {% endfor %}
{% endmacro %}
