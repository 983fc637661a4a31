{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_web__events') }}
),

accepted as (
    select
        event_id,
        anonymous_id,
        account_id,
        email,
        email_identifier,
        phone,
        click_id,
        event_name,
        product_id,
        order_id,
        quantity,
        amount,
        currency,
        page_url,
        page_path,
        referrer,
        campaign_source,
        campaign_medium,
        campaign_name,
        time_zone,
        properties,
        occurred_at,
        received_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
