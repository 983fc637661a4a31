{# Segment: files of its destination Amazon S3. #}
{% macro connector_segment() %}
    {% do return(tracking_connector('segment', vendor='segment')) %}
{% endmacro %}
