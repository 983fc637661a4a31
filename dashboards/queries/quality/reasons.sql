select
    raw_table,
    reason,
    count(*) as row_count,
    max(loaded_at) as last_loaded_at
from cdp_staging.staging_quarantine
group by raw_table, reason
order by row_count desc, raw_table, reason
limit 15
