with

sized as (
    select
        case
            when identifier_count = 1 then '1'
            when identifier_count = 2 then '2'
            when identifier_count <= 4 then '3 to 4'
            when identifier_count <= 8 then '5 to 8'
            when identifier_count <= 16 then '9 to 16'
            when identifier_count <= 32 then '17 to 32'
            else 'over 32'
        end as identifiers,
        identifier_count
    from cdp_profiles.profiles
    where identifier_count > 0
)

select
    identifiers,
    count(*) as profile_count
from sized
group by identifiers
order by min(identifier_count)
