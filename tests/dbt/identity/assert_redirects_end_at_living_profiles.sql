{{ config(meta={'dagster': {'ref': {'name': 'profile_redirects'}}}) }}

select redirects.old_profile_id
from {{ ref('profile_redirects') }} as redirects
left join {{ ref('profile_id_registry') }} as id_registry
    on redirects.profile_id = id_registry.profile_id
where id_registry.profile_id is null or id_registry.redirected_to_profile_id is not null
