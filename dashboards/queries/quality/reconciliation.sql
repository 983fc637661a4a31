select
    raw_table,
    raw_row_count,
    staged_row_count,
    duplicate_row_count,
    quarantined_row_count,
    landing_quarantined_row_count,
    raw_row_count - staged_row_count - duplicate_row_count - quarantined_row_count
        as unaccounted_row_count
from cdp_staging.staging_reconciliation
order by raw_table
