{#- Profiles with the one that most of their identifiers came from or went to. -#}
with

counted as (
    select
        {{ own }} as profile_id,
        {{ other }} as other_profile_id,
        count(*) as identifier_count
    from {{ notes }}.moves
    where {{ other }} is not null
    group by {{ own }}, {{ other }}
),

numbered as (
    select
        profile_id,
        other_profile_id,
        row_number() over (
            partition by profile_id
            order by identifier_count desc, other_profile_id
        ) as row_number
    from counted
)

select
    changed.profile_id,
    changed.identifier_count,
    numbered.other_profile_id
from {{ notes }}.{{ name }} as changed
left join numbered
    on
        changed.profile_id = numbered.profile_id
        and numbered.row_number = 1
order by changed.identifier_count desc, changed.profile_id
limit {{ max_listed }}
