{#- Profiles of each connector, and how many of them another connector has records of too. -#}
with

presence as (
    select distinct
        channel as connector,
        profile_id
    from {{ journeys }}.events
    where profile_id is not null
),

shared as (
    select
        profile_id,
        count(*) as connector_count
    from presence
    group by profile_id
)

select
    presence.connector,
    count(*) as profile_count,
    count(case when shared.connector_count > 1 then 1 end) as matched_count
from presence
inner join shared on presence.profile_id = shared.profile_id
group by presence.connector
