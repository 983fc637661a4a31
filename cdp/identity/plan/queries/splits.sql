with

lost as (
    select
        from_profile_id,
        count(*) as identifier_count
    from {{ notes }}.moves
    where to_profile_id is distinct from successor_profile_id
    group by from_profile_id
),

parts as (
    select
        from_profile_id,
        to_profile_id,
        count(*) as moved_identifier_count
    from {{ notes }}.moves
    where to_profile_id <> successor_profile_id
    group by from_profile_id, to_profile_id
)

select
    parts.from_profile_id,
    parts.to_profile_id,
    existing.profile_id is null as is_new,
    parts.moved_identifier_count,
    before.identifier_count - lost.identifier_count as kept_identifier_count
from parts
inner join {{ notes }}.before_profiles as before
    on parts.from_profile_id = before.profile_id
inner join lost
    on parts.from_profile_id = lost.from_profile_id
left join {{ notes }}.before_profiles as existing
    on parts.to_profile_id = existing.profile_id
