-- Active links of the profile, and inactive links of its identifiers.
with

own as (
    select
        identifier_type,
        identifier_value
    from {{ identity }}.profile_identifiers
    where profile_id = $1
),

inactive_links as (
    select links.*
    from {{ identity }}.profile_links as links
    inner join own
        on
            links.identifier_type_a = own.identifier_type
            and links.identifier_value_a = own.identifier_value
    where not links.is_active
    union
    select links.*
    from {{ identity }}.profile_links as links
    inner join own
        on
            links.identifier_type_b = own.identifier_type
            and links.identifier_value_b = own.identifier_value
    where not links.is_active
),

shown as (
    select links.* from {{ identity }}.profile_links as links
    where links.profile_id = $1
    union all
    select * from inactive_links
)

select
    shown.identifier_type_a,
    shown.identifier_value_a,
    shown.identifier_type_b,
    shown.identifier_value_b,
    shown.is_active,
    shown.inactive_reason,
    shown.record_count,
    shown.source_count,
    shown.sample_source_model,
    shown.sample_record_id,
    shown.first_observed_at,
    shown.last_observed_at,
    ends_a.profile_id as profile_id_a,
    ends_b.profile_id as profile_id_b
from shown
inner join {{ identity }}.profile_identifiers as ends_a
    on
        shown.identifier_type_a = ends_a.identifier_type
        and shown.identifier_value_a = ends_a.identifier_value
inner join {{ identity }}.profile_identifiers as ends_b
    on
        shown.identifier_type_b = ends_b.identifier_type
        and shown.identifier_value_b = ends_b.identifier_value
inner join {{ rules }}.identifier_types as types_a
    on shown.identifier_type_a = types_a.identifier_type
inner join {{ rules }}.identifier_types as types_b
    on shown.identifier_type_b = types_b.identifier_type
order by
    shown.is_active,
    least(types_a.priority, types_b.priority) desc,
    greatest(types_a.priority, types_b.priority) desc,
    shown.first_observed_at,
    shown.link_id
limit 10001
