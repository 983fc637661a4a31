{#
    Query of the offers that earlier runs made near stores; without rows before the first. It reads
    the table past dbt's graph, in which the offers of this run depend on the messages of earlier
    ones, as an incremental model reads itself.
#}
{% macro earlier_offers() %}
    {%- set relation = none -%}
    {%- if execute -%}
        {%- set node = graph.nodes['model.customer_data_platform.audience_nearby_offers'] -%}
        {%- set relation = adapter.get_relation(
            database=node.database, schema=node.schema, identifier=node.alias
        ) -%}
    {%- endif -%}
    {%- if relation -%}
    select
        message_id,
        profile_id
    from {{ relation }}
    {%- else -%}
    select
        cast(null as text) as message_id,
        cast(null as text) as profile_id
    where 1 = 0
    {%- endif -%}
{% endmacro %}
