{{ config(meta={'dagster': {'ref': {'name': 'profile_identifiers'}}}) }}

-- Every identifier has a profile, and no profile that was merged away holds one.
select
    identifiers.identifier_type,
    identifiers.identifier_value
from {{ ref('profile_identifiers') }} as identifiers
left join {{ ref('profile_id_registry') }} as id_registry
    on identifiers.profile_id = id_registry.profile_id
where
    id_registry.profile_id is null
    or id_registry.redirected_to_profile_id is not null
