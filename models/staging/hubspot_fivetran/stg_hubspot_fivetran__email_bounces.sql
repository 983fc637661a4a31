{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_hubspot_fivetran__email_event_bounce') }}
),

accepted as (
    select
        event_id,
        category,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
