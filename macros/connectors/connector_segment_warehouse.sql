{# Segment: tables of its warehouse destination. #}
{% macro connector_segment_warehouse() %}
    {% do return(tracking_connector('segment_warehouse', vendor='segment', in_place=true)) %}
{% endmacro %}
