{% macro sync_answer_log() %}
    select * from (
        {{ rows_if_any(target.schema ~ '_activation', 'sync_outcomes', {
            'sync_name': 'text',
            'run_id': 'text',
            'sync_key': 'text',
            'operation': 'text',
            'status': 'text',
            'payload_hash': 'text',
            'revision': 'bigint',
            'recorded_at': 'timestamp',
        }) }}
    ) as outcomes
    where status in ('delivered', 'rejected')
{% endmacro %}
