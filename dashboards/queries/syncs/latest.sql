select
    sync_name,
    destination,
    sum(run_count) as run_count,
    sum(failed_run_count) as failed_run_count,
    sum(inserted_count + updated_count + deleted_count) as sent_count,
    sum(rejected_count) as rejected_count,
    max(last_finished_at) as last_finished_at
from cdp_metrics.sync_performance
group by sync_name, destination
order by sync_name
