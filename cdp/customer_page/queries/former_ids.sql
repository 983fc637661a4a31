select
    old_profile_id,
    redirected_at
from {{ identity }}.profile_redirects
where profile_id = $1
order by redirected_at, old_profile_id
