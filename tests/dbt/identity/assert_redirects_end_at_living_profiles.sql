{{ config(meta={'dagster': {'ref': {'name': 'profile_redirects'}}}) }}

select redirects.old_profile_id
from {{ ref('profile_redirects') }} as redirects
left join {{ ref('identity_ledger') }} as ledger
    on redirects.profile_id = ledger.profile_id
where ledger.profile_id is null or ledger.redirected_to_profile_id is not null
