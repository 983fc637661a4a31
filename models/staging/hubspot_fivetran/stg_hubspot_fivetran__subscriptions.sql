{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_hubspot_fivetran__email_subscription') }}
),

accepted as (
    select
        subscription_id,
        name,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
