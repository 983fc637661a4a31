{#- Overrides that say that the profiles of two identifiers are different people. -#}
with

identifiers as (
    select
        identifier_type,
        identifier_value,
        profile_id
    from {{ identity }}.profile_identifiers
),

ends as (
    select
        (
            select profile_id from identifiers
            where identifier_type = cast($1 as text) and identifier_value = cast($2 as text)
        ) as profile_id_a,
        (
            select profile_id from identifiers
            where identifier_type = cast($3 as text) and identifier_value = cast($4 as text)
        ) as profile_id_b
)

select overrides.override_id
from {{ rules }}.link_overrides as overrides
inner join identifiers as a
    on
        overrides.identifier_type_a = a.identifier_type
        and overrides.identifier_value_a = a.identifier_value
inner join identifiers as b
    on
        overrides.identifier_type_b = b.identifier_type
        and overrides.identifier_value_b = b.identifier_value
inner join ends
    on
        (a.profile_id = ends.profile_id_a and b.profile_id = ends.profile_id_b)
        or (a.profile_id = ends.profile_id_b and b.profile_id = ends.profile_id_a)
where overrides.decision = 'never'
order by overrides.override_id
