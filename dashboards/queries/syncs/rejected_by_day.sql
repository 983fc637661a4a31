select
    sync_name,
    run_date,
    rejected_count
from cdp_metrics.sync_performance
where rejected_count > 0
order by run_date, sync_name
