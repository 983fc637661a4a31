{{ config(meta={'dagster': {'ref': {'name': 'int_profiles__contact_candidates'}}}) }}

-- Attributes that a source knows and source_trust does not rank: they lose to all others.
with

candidates as (
    select distinct
        attribute,
        source_model
    from {{ ref('int_profiles__contact_candidates') }}
),

source_trust as (
    select * from {{ ref('source_trust') }}
)

select
    candidates.attribute,
    candidates.source_model
from candidates
left join source_trust
    on
        candidates.attribute = source_trust.attribute
        and candidates.source_model = source_trust.source_model
where source_trust.attribute is null
