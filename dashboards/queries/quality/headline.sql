select
    sum(raw_row_count) as raw_row_count,
    sum(quarantined_row_count + landing_quarantined_row_count) as quarantined_row_count,
    sum(
        raw_row_count - staged_row_count - duplicate_row_count - quarantined_row_count
    ) as unaccounted_row_count
from cdp_staging.staging_reconciliation
