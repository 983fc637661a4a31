{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_ads__clicks') }}
),

accepted as (
    select
        click_id,
        platform,
        campaign_id,
        campaign_name,
        campaign_source,
        campaign_medium,
        landing_url,
        cost_amount,
        currency,
        clicked_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
