{#
    Query of what activation has delivered for the first time to receivers; without rows before the
    first sync. The table is no dbt source: it is made by the first sync that runs.
#}
{% macro delivery_log() %}
    {%- set relation = none -%}
    {%- if execute -%}
        {%- set relation = adapter.get_relation(
            database=target.database, schema=target.schema ~ '_activation',
            identifier='sync_outcomes'
        ) -%}
    {%- endif -%}
    {%- if relation -%}
    select
        sync_name,
        sync_key,
        recorded_at as delivered_at
    from {{ relation }}
    where status = 'delivered' and operation = 'insert'
    {%- else -%}
    select
        cast(null as text) as sync_name,
        cast(null as text) as sync_key,
        cast(null as timestamp) as delivered_at
    where 1 = 0
    {%- endif -%}
{% endmacro %}
