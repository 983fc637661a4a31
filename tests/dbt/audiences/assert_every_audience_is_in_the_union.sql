{#
    Audiences that nobody put into the union of members: nobody keeps who is in them, and nothing
    delivers them. Read from the graph, so that an empty audience is missed as well.
#}
{% set missing = [] %}
{% if execute %}
    {% set union = graph.nodes['model.customer_data_platform.int_audiences__members'] %}
    {% for node in graph.nodes.values() if node.resource_type == 'model' %}
        {% if node.name.startswith('aud_') and node.unique_id not in union.depends_on.nodes %}
            {% do missing.append(node.name) %}
        {% endif %}
    {% endfor %}
{% endif %}

-- depends_on: {{ ref('int_audiences__members') }}
select missing.missing_audience
from (
    values
    {% for audience in missing %}
        ('{{ audience }}'),
    {% endfor %}
    (null)
) as missing (missing_audience)
where missing.missing_audience is not null
