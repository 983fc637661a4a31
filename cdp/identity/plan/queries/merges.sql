select
    before.profile_id as from_profile_id,
    redirects.profile_id as to_profile_id,
    before.identifier_count as from_identifier_count,
    coalesce(targets.identifier_count, 0) as to_identifier_count
from {{ notes }}.before_profiles as before
inner join {{ identity }}.profile_redirects as redirects
    on before.profile_id = redirects.old_profile_id
left join {{ notes }}.before_profiles as targets
    on redirects.profile_id = targets.profile_id
