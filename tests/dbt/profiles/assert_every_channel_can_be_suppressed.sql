{{ config(meta={'dagster': {'ref': {'name': 'contactable_profiles'}}}) }}

-- Channels on which somebody may be contacted and that macro contact_channels() does not list: an
-- erasure would not apply there.
{% set channels = contact_channels() | join("', '") %}

with

contactable_profiles as (
    select * from {{ ref('contactable_profiles') }}
)

select distinct channel
from contactable_profiles
where channel not in ('{{ channels }}')
