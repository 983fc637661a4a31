{{ config(meta={'dagster': {'ref': {'name': 'int_profiles__contact_candidates'}}}) }}

-- Attributes of the golden record whose winners no rule of seed survivorship_rules chooses.
with

candidates as (
    select distinct attribute
    from {{ ref('int_profiles__contact_candidates') }}
),

rules as (
    select * from {{ ref('survivorship_rules') }}
)

select candidates.attribute
from candidates
left join rules on candidates.attribute = rules.attribute
where rules.attribute is null
