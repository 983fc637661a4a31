{{ config(meta={'dagster': {'ref': {'name': 'profile_identifiers'}}}) }}

-- Only a blocked or shared identifier may be without a profile, and no profile that was merged away
-- may hold one.
select
    identifiers.identifier_type,
    identifiers.identifier_value
from {{ ref('profile_identifiers') }} as identifiers
left join {{ ref('identity_ledger') }} as ledger
    on identifiers.profile_id = ledger.profile_id
where
    not identifiers.is_blocked
    and not identifiers.is_shared
    and (ledger.profile_id is null or ledger.redirected_to_profile_id is not null)
