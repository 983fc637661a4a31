{% macro sync_run_log() %}
    {{ rows_if_any(target.schema ~ '_activation', 'sync_runs', {
        'sync_name': 'text',
        'run_id': 'text',
        'destination': 'text',
        'status': 'text',
        'inserted_count': 'bigint',
        'updated_count': 'bigint',
        'deleted_count': 'bigint',
        'rejected_count': 'bigint',
        'withheld_count': 'bigint',
        'started_at': 'timestamp',
        'finished_at': 'timestamp',
    }) }}
{% endmacro %}
