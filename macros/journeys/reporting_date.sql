{# Date of a UTC timestamp in `reporting_time_zone`. #}
{% macro reporting_date(timestamp) %}
    {{- local_date(timestamp, "'" ~ var("reporting_time_zone") ~ "'") -}}
{%- endmacro %}
