{{ config(enabled=connector_is_on()) }}

-- Events name their profile only. Its address and number are joined for email messages and
-- withdrawals, but do not identify the event: the profile does.
with

base as (
    select * from {{ ref('base_klaviyo_fivetran__event') }}
),

profiles as (
    select * from {{ ref('stg_klaviyo_fivetran__profiles') }}
),

accepted as (
    select
        base.event_id,
        base.profile_id,
        base.event_name,
        base.order_id,
        base.product_id,
        base.quantity,
        base.amount,
        base.currency,
        base.page_path,
        base.campaign_id,
        base.campaign_name,
        base.bounce_type,
        base.items as properties,
        profiles.email_identifier,
        {{ klaviyo_withdrawal('base.event_name') }},
        base.occurred_at,
        base._record_key,
        base._staged_batch
    from base
    left join profiles on base.profile_id = profiles.profile_id
    where
        base._row_status = 'accepted'
        and base.event_name not in ('order_completed', 'order_cancelled', 'order_returned')
)

select * from accepted
