{{ config(meta={'dagster': {'ref': {'name': 'profile_consents'}}}) }}

-- Channels that somebody consented to and macro contact_channels() does not list: an erasure would
-- not hold there.
with

consents as (
    select * from {{ ref('profile_consents') }}
)

select distinct channel
from consents
where
    channel not in (
        {%- for channel in contact_channels() %}
        '{{ channel }}'{{ ',' if not loop.last }}
        {%- endfor %}
    )
