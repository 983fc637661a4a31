{{ history_of(['source_model', 'record_id']) }}

-- All rows are computed in each run, since records of other profiles, or only time, may change
-- which version of a contact is current and whether its address is deliverable.
with

records as (
    select * from {{ ref('int_profiles__contact_records') }}
),

deliverability as (
    select * from {{ ref('int_profiles__email_deliverability') }}
),

states as (
    select
        records.source_model,
        records.record_id,
        deliverability.validity,
        deliverability.verified_at
    from records
    left join deliverability on records.email_identifier = deliverability.email_identifier
)

{{ history_changes('states', ['source_model', 'record_id'], ['validity', 'verified_at']) }}
