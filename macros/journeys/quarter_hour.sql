{# Start of the quarter of an hour that contains a timestamp. It never spans two local dates, in any time zone. #}
{% macro quarter_hour(timestamp) %}
    {{- adapter.dispatch('quarter_hour', 'customer_data_platform')(timestamp) -}}
{% endmacro %}

{% macro duckdb__quarter_hour(timestamp) -%}
    time_bucket(interval '15 minutes', {{ timestamp }})
{%- endmacro %}

{% macro postgres__quarter_hour(timestamp) -%}
    date_bin('15 minutes', {{ timestamp }}, timestamp '2000-01-01 00:00:00')
{%- endmacro %}
