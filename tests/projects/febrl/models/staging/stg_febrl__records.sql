with

records as (
    select * from {{ source('febrl', 'records') }}
),

normalised as (
    select
        rec_id as record_id,
        nullif(lower(trim(given_name)), '') as given_name,
        nullif(lower(trim(surname)), '') as surname,
        nullif(lower(trim(address_1)), '') as street,
        nullif(trim(postcode), '') as postcode,
        nullif(trim(date_of_birth), '') as birth_date,
        nullif(trim(soc_sec_id), '') as social_security_number
    from records
),

-- A composite identifier is missing where one of its parts is.
composed as (
    select
        record_id,
        social_security_number,
        given_name || '|' || surname || '|' || birth_date as full_name_birth_date,
        surname || '|' || birth_date || '|' || postcode as surname_birth_date_postcode,
        given_name || '|' || birth_date || '|' || postcode as given_name_birth_date_postcode,
        given_name || '|' || surname || '|' || street as full_name_street,
        timestamp '2026-01-01 00:00:00' as observed_at,
        record_id as _record_key,
        cast(1 as bigint) as _staged_batch
    from normalised
)

select * from composed
