{#
    Names of the sources of identities that nobody put on the timeline. Read from the graph, so that
    a channel is missed before its first row has come. Proposals of matching are no interactions.
#}
{% macro sources_off_the_timeline() %}
    {% set forgotten = [] %}
    {% if execute %}
        {% set timeline = graph.nodes['model.customer_data_platform.int_journeys__timeline'] %}
        {% for source in identity_sources() if source.model != 'stg_matching__pairs' %}
            {% if 'model.customer_data_platform.' ~ source.model not in timeline.depends_on.nodes %}
                {% do forgotten.append(source.model) %}
            {% endif %}
        {% endfor %}
    {% endif %}
    {% do return(forgotten) %}
{% endmacro %}
