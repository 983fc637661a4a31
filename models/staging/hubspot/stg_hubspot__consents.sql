{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_hubspot__contacts') }}
    where _row_status in ('accepted', 'duplicate')
),

consents as (
    {{ hubspot_consents('base') }}
)

select * from consents
