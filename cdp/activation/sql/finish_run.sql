{# Logs the end of a run. Context: run_id, started_at, status, message, counts by column. #}
update {{ sync_runs }}
set
    {% for column, count in counts.items() %}
    {{ column }} = {{ count }},
    {% endfor %}
    status = {{ status }},
    finished_at = {{ now }},
    message = {{ message }}
where
    sync_name = {{ sync_name }}
    and run_id = {{ run_id }}
    and started_at = {{ started_at }}
