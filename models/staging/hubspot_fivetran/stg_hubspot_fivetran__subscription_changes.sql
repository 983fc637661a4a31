{{ config(enabled=connector_is_on()) }}

-- Consent is to the subscription type that marketing is sent under. An unsubscribe from all email
-- withdraws it too, but subscribing to all email again grants nothing. A change that is not plainly
-- a grant, such as a pause, is a withdrawal.
with

base as (
    select * from {{ ref('base_hubspot_fivetran__email_subscription_change') }}
),

marketing_subscriptions as (
    select subscription_id from {{ ref('stg_hubspot_fivetran__subscriptions') }}
    where lower(name) = lower('{{ var("hubspot_marketing_subscription") }}')
),

accepted as (
    select
        base.change_id,
        base.email_identifier,
        base.change,
        base.change_type,
        base.subscription_id,
        base.change_source,
        base.change_type in ('SUBSCRIPTION_STATUS', 'PORTAL_STATUS') as is_status,
        marketing_subscriptions.subscription_id is not null as is_marketing,
        base.changed_at,
        base._record_key,
        base._staged_batch
    from base
    left join marketing_subscriptions
        on base.subscription_id = marketing_subscriptions.subscription_id
    where base._row_status = 'accepted'
),

with_consents as (
    select
        change_id,
        email_identifier,
        change,
        change_type,
        subscription_id,
        change_source,
        case
            when is_status and change = 'UNSUBSCRIBED' then 'email_unsubscribed'
            when is_status and change = 'SUBSCRIBED' then 'email_subscribed'
            else lower(change_type)
        end as event_name,
        case
            when change_type = 'PORTAL_BOUNCE' then 'email_bounced'
            when change_type like '%SPAM_REPORT' then 'email_complained'
        end as message_event,
        case
            when not is_status or email_identifier is null then null
            when is_marketing and change = 'SUBSCRIBED' then 'granted'
            when (is_marketing or subscription_id is null) and change <> 'SUBSCRIBED'
                then 'withdrawn'
        end as consent_status,
        changed_at,
        _record_key,
        _staged_batch
    from accepted
)

select * from with_consents
