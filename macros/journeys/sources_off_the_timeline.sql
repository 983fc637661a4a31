{#
    Names of identity sources that are missing from the timeline. Read from dbt's lineage, so that a missing channel is
    found even before its first row arrives. Match proposals are excluded, since they are not interactions.
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
