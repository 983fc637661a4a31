{#-
    Identifiers that belong to another profile than before, appeared or disappeared. The successor of
    a profile is the one that it was merged into, otherwise the profile itself.
-#}
select
    coalesce(before.identifier_type, after.identifier_type) as identifier_type,
    coalesce(before.identifier_value, after.identifier_value) as identifier_value,
    before.profile_id as from_profile_id,
    after.profile_id as to_profile_id,
    coalesce(redirects.profile_id, before.profile_id) as successor_profile_id
from {{ notes }}.before_identifiers as before
full join {{ notes }}.after_identifiers as after
    on
        before.identifier_type = after.identifier_type
        and before.identifier_value = after.identifier_value
left join {{ identity }}.profile_redirects as redirects
    on before.profile_id = redirects.old_profile_id
where before.profile_id is distinct from after.profile_id
