{# Logs the start of a run. Context: run_id, destination, mode, now, and the ledger. #}
update {{ sync_runs }}
set
    status = 'interrupted',
    finished_at = {{ now }},
    message = 'the process ended before the run did'
where sync_name = {{ sync_name }} and status = 'running';

-- A run id may come twice: positions of its first use must not count again.
update {{ sync_intents }}
set batch_position = 0
where sync_name = {{ sync_name }};

insert into {{ sync_runs }} (sync_name, run_id, destination, mode, status, started_at)
values ({{ sync_name }}, {{ run_id }}, {{ destination }}, {{ mode }}, 'running', {{ now }});
