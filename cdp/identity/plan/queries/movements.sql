select
    identifier_type,
    count(case when from_profile_id <> to_profile_id then 1 end) as moved_count,
    count(case when from_profile_id is null then 1 end) as came_count,
    count(case when to_profile_id is null then 1 end) as went_count
from {{ notes }}.moves
group by identifier_type
order by count(*) desc, identifier_type
