select
    rec_id as record_id,
    given_name,
    surname,
    date_of_birth,
    address_1,
    street_number,
    address_2,
    suburb,
    postcode,
    state,
    timestamp '2026-01-01 00:00:00' as observed_at
from {{ source('febrl', 'records') }}
