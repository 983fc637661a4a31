{{ config(materialized='view') }}

with

versions as (
    select * from {{ ref('int_journeys__events') }}
),

kept_current as (
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
    from versions
    where _ended_batch is null
)

select * from kept_current
