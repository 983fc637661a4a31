{#
    Reads the table by name instead of ref(): today's offers depend on earlier messages, which
    include earlier offers, and a ref() would be a cycle in dbt's graph.
#}
{% macro earlier_offers() %}
    {%- set node = graph.nodes['model.customer_data_platform.audience_nearby_offers'] if execute else {} -%}
    {{ rows_if_any(
        node.schema, node.alias, {'message_id': 'text', 'profile_id': 'text'}, database=node.database
    ) }}
{% endmacro %}
