{% macro delivery_log() %}
    select
        sync_name,
        sync_key,
        recorded_at as delivered_at
    from (
        {{ rows_if_any(target.schema ~ '_activation', 'sync_outcomes', {
            'sync_name': 'text',
            'sync_key': 'text',
            'operation': 'text',
            'status': 'text',
            'recorded_at': 'timestamp',
        }) }}
    ) as outcomes
    where status = 'delivered' and operation = 'insert'
{% endmacro %}
