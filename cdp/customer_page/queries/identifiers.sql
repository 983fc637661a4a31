select
    identifiers.identifier_type,
    identifiers.identifier_value,
    types.priority,
    identifiers.is_blocked,
    identifiers.is_shared,
    identifiers.record_count,
    identifiers.first_observed_at,
    identifiers.last_observed_at,
    suspects.reason
from {identity}.profile_identifiers as identifiers
inner join {rules}.identifier_types as types
    on identifiers.identifier_type = types.identifier_type
left join {identity}.identity_suspects as suspects
    on
        identifiers.identifier_type = suspects.identifier_type
        and identifiers.identifier_value = suspects.identifier_value
where identifiers.profile_id = $1
order by types.priority desc, identifiers.first_observed_at, identifiers.identifier_value
limit 5001
