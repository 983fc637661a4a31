{#- People that a connector has an address of, and those of them that no consent record is about. -#}
with

people as (
    select distinct profile_id
    from {{ contacts }}.int_profiles__contacts_attributed
    where source_model like 'stg\_' || {{ connector | literal }} || '\_\_%' escape '\'
),

asked as (
    select distinct profile_id
    from {{ profiles }}.profile_consents
)

select
    count(people.profile_id) as people_count,
    count(asked.profile_id) as asked_count
from people
left join asked on people.profile_id = asked.profile_id
