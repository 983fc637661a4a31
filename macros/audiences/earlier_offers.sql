{#
    Query of the offers that earlier runs made near stores; without rows before the first. It reads
    the table past dbt's graph, in which the offers of this run depend on the messages of earlier
    ones, as an incremental model reads itself.
#}
{% macro earlier_offers() %}
    {%- set node = graph.nodes['model.customer_data_platform.audience_nearby_offers'] if execute else {} -%}
    {{ rows_if_any(
        node.schema, node.alias, {'message_id': 'text', 'profile_id': 'text'}, database=node.database
    ) }}
{% endmacro %}
