{{ config(enabled=connector_is_on()) }}

-- HubSpot lists contacts that were merged into another, and further addresses, in one cell each.
with

base as (
    select * from {{ ref('base_hubspot__contacts') }}
    where _row_status = 'accepted'
),

aliases as (
    {{ hubspot_aliases('base') }}
)

select * from aliases
