{{ base_config(in_place=true) }}

-- Robots open and click too: HubSpot marks their events as filtered, and they do not count. What a
-- status change changed is in another table; email_subscription_change has the same changes.
with

source as (
    {{ warehouse_source('hubspot_fivetran', 'email_event', key='id', cursor='_fivetran_synced') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"id"') }} as event_id,
        {{ trimmed('"recipient"') }} as raw_email,
        {{ normalise_email('"recipient"') }} as email,
        case upper({{ trimmed('"type"') }})
            when 'SENT' then 'email_sent'
            when 'DELIVERED' then 'email_delivered'
            when 'OPEN' then 'email_opened'
            when 'CLICK' then 'email_clicked'
            when 'BOUNCE' then 'email_bounced'
            when 'SPAMREPORT' then 'email_complained'
            else lower({{ trimmed('"type"') }})
        end as event_name,
        {{ trimmed('"email_campaign_id"') }} as campaign_id,
        coalesce({{ to_boolean('"filtered_event"') }}, false) as is_filtered,
        {{ to_timestamp('"created"') }} as occurred_at
    from source
    {{ optimisation_fence() }}
),

identified as (
    select
        *,
        {{ canonical_email('email') }} as email_identifier
    from typed
),

{{ staged('identified', key='event_id', newest_first='_loaded_at', rules=[
    missing('id', 'event_id'),
    required('created', 'timestamp', 'occurred_at'),
    missing('type', 'event_name'),
    missing('recipient', 'raw_email'),
]) }}

select * from staged
