{{ config(meta={'dagster': {'ref': {'name': 'profile_identifiers'}}}) }}

-- Every identifier has a profile, and no profile that was merged away holds one.
select
    identifiers.identifier_type,
    identifiers.identifier_value
from {{ ref('profile_identifiers') }} as identifiers
left join {{ ref('identity_ledger') }} as ledger
    on identifiers.profile_id = ledger.profile_id
where
    ledger.profile_id is null
    or ledger.redirected_to_profile_id is not null
