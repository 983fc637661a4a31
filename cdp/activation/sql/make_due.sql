{# Lets the next run try every waiting and dead row. Context: now and the ledger. #}
update {{ sync_rejections }}
set
    state = 'waiting',
    next_attempt_at = {{ now }}
where sync_name = {{ sync_name }} and state in ('waiting', 'dead')
returning sync_key
