{{ history_of(['source_model', 'record_id']) }}

-- Which version of a contact counts, and whether mail arrives at an address, may be decided by
-- records of others, or by time alone.
with

records as (
    select * from {{ ref('int_profiles__contact_records') }}
),

email_standing as (
    select * from {{ ref('int_profiles__email_standing') }}
),

states as (
    select
        records.source_model,
        records.record_id,
        email_standing.validity,
        email_standing.verified_at
    from records
    left join email_standing on records.email_identifier = email_standing.email_identifier
)

{{ history_changes('states', ['source_model', 'record_id'], ['validity', 'verified_at']) }}
