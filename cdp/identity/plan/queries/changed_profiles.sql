select profile_id
from {{ notes }}.before_profiles
where
    profile_id in (
        select from_profile_id from {{ notes }}.moves
        where from_profile_id is not null
        union
        select to_profile_id from {{ notes }}.moves
        where to_profile_id is not null
    )
