-- Where an id leads: to itself while its profile lives, else to the profile it was merged into.
select
    profile_id,
    false as is_former
from {{ identity }}.profile_identifiers
where profile_id = $1
union
select
    profile_id,
    true as is_former
from {{ identity }}.profile_redirects
where old_profile_id = $1
order by is_former
limit 1
