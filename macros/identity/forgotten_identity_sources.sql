{# Names of staging models that carry an identifier but have no entry in `identity_sources`. #}
{% macro forgotten_identity_sources() %}
    {% set identifier_columns = [
        'account_id', 'anonymous_id', 'card_token', 'click_id', 'contact_id', 'device_id',
        'email_identifier', 'handle', 'identifier_value', 'loyalty_number', 'order_id', 'phone',
        'push_token',
    ] %}
    {# Lines of an order that stg_web__events itself brings to the graph. #}
    {% set known = ['stg_web__order_lines'] + identity_sources() | map(attribute='model') | list %}
    {% set forgotten = [] %}
    {% if execute %}
        {% for node in graph.nodes.values() if node.name.startswith('stg_') %}
            {% for column in node.columns if column in identifier_columns %}
                {% if node.name not in known + forgotten %}
                    {% do forgotten.append(node.name) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endif %}
    {% do return(forgotten) %}
{% endmacro %}
