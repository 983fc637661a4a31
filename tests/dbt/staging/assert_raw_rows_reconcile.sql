-- Fails for a raw table with a row that staging neither shows, nor calls a duplicate, nor rejects.
select *
from {{ ref('staging_reconciliation') }}
where raw_row_count <> staged_row_count + duplicate_row_count + quarantined_row_count
