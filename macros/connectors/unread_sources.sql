{#
    Names of tables that connectors which are on declare and no model of their entries reads: raw tables, and tables that
    other tools keep in the warehouse.
#}
{% macro unread_sources() %}
    {% set read = staged_entities() | map('join', '.') | list %}
    {% set in_place = connector_models() | selectattr('table', 'defined') | map(attribute='table') | list %}
    {% for table in in_place %}
        {% for name in names_in_place(table) %}{% do read.append(table.source ~ '.' ~ name) %}{% endfor %}
    {% endfor %}
    {% set known = connector_names() + in_place | map(attribute='source') | list %}
    {% set unread = [] %}
    {% for source in (graph.sources.values() if execute else []) if source.source_name in known %}
        {% set name = source.source_name ~ '.' ~ source.name %}
        {% if name not in read %}{% do unread.append(name) %}{% endif %}
    {% endfor %}
    {% do return(unread) %}
{% endmacro %}

{# Names of staging models that are on and have no entry in their connector. #}
{% macro unregistered_models() %}
    {% set registered = connector_models() | map(attribute='model') | list %}
    {% set forgotten = [] %}
    {% for node in (graph.nodes.values() if execute else []) if node.name.startswith('stg_') %}
        {% if node.resource_type == 'model' and node.name not in registered and node.fqn[2] != 'matching' %}
            {% do forgotten.append(node.name) %}
        {% endif %}
    {% endfor %}
    {% do return(forgotten) %}
{% endmacro %}
