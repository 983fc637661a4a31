with

ids as (
    select cast($1 as text) as profile_id
    union
    select old_profile_id from {{ identity }}.profile_redirects
    where profile_id = $1
)

select
    changes.change_type,
    changes.from_profile_id,
    changes.to_profile_id,
    changes.cause,
    changes.identifier_count,
    changes.changed_at,
    links.identifier_type_a,
    links.identifier_value_a,
    links.identifier_type_b,
    links.identifier_value_b,
    links.sample_source_model,
    links.sample_record_id
from {{ identity }}.identity_changes as changes
left join {{ identity }}.profile_links as links
    on changes.cause_link_id = links.link_id
where
    changes.from_profile_id in (select profile_id from ids)
    or changes.to_profile_id in (select profile_id from ids)
order by changes.changed_at desc, changes.change_id
limit 200
