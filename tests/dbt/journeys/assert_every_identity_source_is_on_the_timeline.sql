{#
    Sources of identities that nobody put on the timeline. Read from the graph, so that a channel is
    missed before its first row has come.
#}
{% set missing = [] %}
{% if execute %}
    {% set timeline = graph.nodes['model.customer_data_platform.int_journeys__timeline'] %}
    {% for source in identity_sources() %}
        {% if 'model.customer_data_platform.' ~ source.model not in timeline.depends_on.nodes %}
            {% do missing.append(source.model) %}
        {% endif %}
    {% endfor %}
{% endif %}

-- depends_on: {{ ref('int_journeys__timeline') }}
select missing.missing_model
from (
    values
    {% for model in missing %}
    ('{{ model }}'),
    {% endfor %}
    (null)
) as missing (missing_model)
where missing.missing_model is not null
