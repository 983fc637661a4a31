select
    sync_name,
    run_date,
    average_run_seconds
from cdp_metrics.sync_performance
where average_run_seconds is not null
order by run_date, sync_name
