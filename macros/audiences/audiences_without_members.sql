{# Compares dbt's graph with the union, so that an audience without members is found as well. #}
{% macro audiences_without_members() %}
    {% set forgotten = [] %}
    {% if execute %}
        {% set union = graph.nodes['model.customer_data_platform.int_audiences__members'] %}
        {% for node in graph.nodes.values() if node.resource_type == 'model' %}
            {% if node.name.startswith('aud_') and node.unique_id not in union.depends_on.nodes %}
                {% do forgotten.append(node.name) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return(forgotten) %}
{% endmacro %}
