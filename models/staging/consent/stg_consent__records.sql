{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_consent__records') }}
),

accepted as (
    select
        consent_id,
        identifier_type,
        identifier_value,
        channel,
        purpose,
        status,
        source,
        proof,
        recorded_at,
        coalesce(recorded_at, _loaded_at) as observed_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
