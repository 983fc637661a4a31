-- Fails for a raw table with a row that is neither staged, nor a duplicate, nor quarantined.
select *
from {{ ref('staging_reconciliation') }}
where raw_row_count <> staged_row_count + duplicate_row_count + quarantined_row_count
