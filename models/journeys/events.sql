with

timeline as (
    select * from {{ ref('int_journeys__timeline') }}
),

record_profiles as (
    select * from {{ ref('int_identity__record_profiles') }}
),

event_types as (
    select * from {{ ref('event_types') }}
),

attributed as (
    select
        {{ surrogate_key(['timeline.source_model', 'timeline.record_id']) }} as event_id,
        record_profiles.profile_id,
        timeline.source_model,
        timeline.record_id,
        timeline.visitor_id,
        timeline.product_id,
        timeline.campaign_id,
        timeline.store_id,
        timeline.order_id,
        timeline.click_id,
        timeline.channel,
        timeline.event_name,
        coalesce(event_types.is_interaction, false) as is_interaction,
        timeline.page_path,
        timeline.referrer,
        timeline.campaign_source,
        timeline.campaign_medium,
        timeline.campaign_name,
        timeline.currency,
        timeline.properties,
        timeline.quantity,
        timeline.amount,
        timeline.occurred_at
    from timeline
    left join record_profiles
        on
            timeline.source_model = record_profiles.source_model
            and timeline.record_id = record_profiles.record_id
    left join event_types on timeline.event_name = event_types.event_name
)

select * from attributed
