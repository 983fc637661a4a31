{# RudderStack: files of its object storage destinations. #}
{% macro connector_rudderstack() %}
    {% do return(tracking_connector('rudderstack', vendor='rudderstack')) %}
{% endmacro %}
