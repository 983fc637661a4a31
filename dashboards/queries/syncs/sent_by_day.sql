select
    sync_name,
    run_date,
    inserted_count + updated_count + deleted_count as sent_count
from cdp_metrics.sync_performance
order by run_date, sync_name
