{# The day on which reports count a UTC timestamp: that of `reporting_time_zone`. #}
{% macro reporting_date(timestamp) %}
    {{- local_date(timestamp, "'" ~ var("reporting_time_zone") ~ "'") -}}
{%- endmacro %}
