{# When this run of dbt began, as a UTC timestamp: one value for every row that the run writes. #}
{% macro run_timestamp() %}
    {%- set started_at = run_started_at.astimezone(modules.pytz.utc) -%}
    cast('{{ started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}
