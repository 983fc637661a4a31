select
    sync_name,
    run_date,
    p95_delay_seconds
from cdp_metrics.sync_performance
where p95_delay_seconds is not null
order by run_date, sync_name
