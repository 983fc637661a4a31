{{ config(materialized='view') }}

with

history as (
    select * from {{ ref('int_journeys__events') }}
),

current_events as (
    select
        event_id,
        profile_id,
        source_model,
        record_id,
        visitor_id,
        product_id,
        campaign_id,
        store_id,
        order_id,
        click_id,
        channel,
        event_name,
        is_interaction,
        page_path,
        referrer,
        campaign_source,
        campaign_medium,
        campaign_name,
        currency,
        properties,
        quantity,
        amount,
        occurred_at
    from history
    where valid_to_batch is null
)

select * from current_events
