{{ config(meta={'dagster': {'ref': {'name': 'profile_links'}}}) }}

select links.link_id
from {{ ref('profile_links') }} as links
inner join {{ ref('profile_identifiers') }} as identifiers_a
    on
        links.identifier_type_a = identifiers_a.identifier_type
        and links.identifier_value_a = identifiers_a.identifier_value
inner join {{ ref('profile_identifiers') }} as identifiers_b
    on
        links.identifier_type_b = identifiers_b.identifier_type
        and links.identifier_value_b = identifiers_b.identifier_value
where links.is_active and identifiers_a.profile_id <> identifiers_b.profile_id
