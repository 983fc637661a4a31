{{ config(materialized='view', schema='contacts') }}

-- What speaks for each candidate; which of it counts first is told by `survivorship_rules`. The
-- values themselves stay behind: the fewer columns, the less is sorted.
with

candidates as (
    select * from {{ ref('int_profiles__contact_candidates') }}
),

source_trust as (
    select * from {{ ref('source_trust') }}
),

email_standing as (
    select * from {{ ref('int_profiles__email_standing') }}
),

judged as (
    select
        candidates.profile_id,
        candidates.attribute,
        candidates.value_key,
        candidates.source_model,
        candidates.record_id,
        candidates.observed_at,
        source_trust.priority as source_priority,
        {{ contact_validity(
            'email_standing.verified_at', 'email_standing.bounced_at',
            'email_standing.reached_at', as_of()
        ) }} as validity,
        count(*) over (
            partition by candidates.profile_id, candidates.attribute, candidates.value_key
        ) as record_count
    from candidates
    left join source_trust
        on
            candidates.attribute = source_trust.attribute
            and candidates.source_model = source_trust.source_model
    left join email_standing
        on
            candidates.attribute = 'email'
            and candidates.email_identifier = email_standing.email_identifier
)

select * from judged
