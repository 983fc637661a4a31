{# RudderStack: tables of its warehouse destinations. #}
{% macro connector_rudderstack_warehouse() %}
    {% do return(tracking_connector('rudderstack_warehouse', vendor='rudderstack', in_place=true)) %}
{% endmacro %}
