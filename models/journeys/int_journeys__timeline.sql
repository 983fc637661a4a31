{{ config(materialized='view') }}

{#- An order without a number still gets its own key. -#}
{% set completed_order_id = "
    case when event_name = 'order_completed' then coalesce(order_id, event_id) end
" %}

-- To add a channel, add one call here and its event names to seed `event_types`.
with

all_records as (
    {{ timeline('stg_web__events', 'web', 'event_id', 'event_name', 'occurred_at', {
        'visitor_id': 'coalesce(anonymous_id, account_id)',
        'product_id': 'product_id',
        'order_id': completed_order_id,
        'click_id': 'click_id',
        'page_path': 'page_path',
        'referrer': external_referrer('referrer', 'page_url'),
        'campaign_source': 'campaign_source',
        'campaign_medium': 'campaign_medium',
        'campaign_name': 'campaign_name',
        'currency': 'currency',
        'properties': 'properties',
        'quantity': 'quantity',
        'amount': 'amount',
    }) }}
    union all
    {{ timeline('stg_app__events', 'app', 'event_id', 'event_name', 'occurred_at', {
        'visitor_id': 'coalesce(device_id, account_id)',
        'product_id': 'product_id',
        'campaign_id': 'campaign_id',
        'order_id': completed_order_id,
        'campaign_medium': "case when event_name = 'push_opened' then 'push' end",
        'currency': 'currency',
        'properties': 'properties',
        'quantity': 'quantity',
        'amount': 'amount',
    }) }}
    union all
    {{ timeline('stg_email__events', 'email', 'event_id', 'event_name', 'occurred_at', {
        'campaign_id': 'campaign_id',
        'campaign_medium': "'email'",
        'campaign_name': 'campaign_name',
    }) }}
    union all
    {{ timeline(
        'stg_pos__receipts', 'pos', 'receipt_id',
        "case when receipt_type = 'return' then 'order_returned' else 'order_completed' end",
        'purchased_at', {
            'store_id': 'store_id',
            'order_id': 'receipt_id',
            'currency': 'currency',
            'amount': 'total_amount',
        }
    ) }}
    union all
    {{ timeline(
        'stg_crm__contacts', 'crm', 'contact_version_id',
        "case
            when is_deleted then 'contact_deleted'
            when updated_at <= created_at then 'contact_created'
            else 'contact_updated'
        end",
        'updated_at'
    ) }}
    union all
    {{ timeline(
        'stg_loyalty__members', 'loyalty', 'member_version_id', "'membership_updated'",
        'updated_at', {'store_id': 'home_store_id'}
    ) }}
    union all
    {{ timeline(
        'stg_support__tickets', 'support', 'ticket_version_id',
        "case when updated_at <= created_at then 'ticket_opened' else 'ticket_updated' end",
        'updated_at', {'order_id': 'order_id'}
    ) }}
    union all
    {{ timeline('stg_ads__clicks', 'ads', 'click_id', "'ad_clicked'", 'clicked_at', {
        'campaign_id': 'campaign_id',
        'click_id': 'click_id',
        'campaign_source': 'campaign_source',
        'campaign_medium': 'campaign_medium',
        'campaign_name': 'campaign_name',
    }) }}
    union all
    {{ timeline(
        'stg_social__messages', 'social', 'message_id',
        "case when direction = 'outbound' then 'reply_sent' else 'message_received' end",
        'sent_at'
    ) }}
    union all
    {{ timeline(
        'stg_consent__records', 'consent', 'consent_id',
        "case when status = 'granted' then 'consent_granted' else 'consent_withdrawn' end",
        'recorded_at'
    ) }}
)

select * from all_records
