{{ config(meta={'dagster': {'ref': {'name': 'profile_links'}}}) }}

with

links as (
    select * from {{ ref('profile_links') }}
    where is_active
),

withheld as (
    select * from {{ ref('profile_identifiers') }}
    where is_shared or is_blocked
),

active_ends as (
    select
        link_id,
        identifier_type_a as identifier_type,
        identifier_value_a as identifier_value
    from links
    union all
    select
        link_id,
        identifier_type_b as identifier_type,
        identifier_value_b as identifier_value
    from links
)

select active_ends.*
from active_ends
inner join withheld
    on
        active_ends.identifier_type = withheld.identifier_type
        and active_ends.identifier_value = withheld.identifier_value
