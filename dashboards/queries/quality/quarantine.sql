select
    raw_table,
    count(*) as row_count
from cdp_staging.staging_quarantine
group by raw_table
order by row_count desc, raw_table
