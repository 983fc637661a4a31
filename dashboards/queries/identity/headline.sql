with

changes as (
    select
        count(case when change_type = 'merge' then 1 end) as merge_count,
        count(case when change_type = 'split' then 1 end) as split_count
    from cdp_identity.identity_changes
)

select
    (select count(*) from cdp_profiles.profiles) as profile_count,
    (select count(*) from cdp_identity.identity_suspects) as suspect_count,
    merge_count,
    split_count
from changes
