-- FEBRL never changes: one batch for all.
select
    rec_id as _record_key,
    'accepted' as _row_status,
    cast(1 as bigint) as _staged_batch
from {{ source('febrl', 'records') }}
