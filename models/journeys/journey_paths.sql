{{ config(materialized='view') }}

with

conversions as (
    select * from {{ ref('int_journeys__conversions') }}
),

journeys as (
    select * from {{ ref('int_journeys__journeys') }}
),

-- An order without a touchpoint is a journey without a channel path.
paths as (
    select
        coalesce(conversions.order_key, journeys.journey_id) as journey_id,
        coalesce(conversions.profile_id, journeys.profile_id) as profile_id,
        conversions.order_key,
        {{ journey_status('journeys.open_until', as_of()) }} as journey_status,
        conversions.channel as converted_channel,
        journeys.channel_path,
        journeys.first_channel,
        journeys.last_channel,
        coalesce(journeys.step_count, 0) as step_count,
        coalesce(journeys.channel_count, 0) as channel_count,
        cast(coalesce(journeys.touch_count, 0) as bigint) as touch_count,
        {{ seconds_between('journeys.first_touched_at', 'conversions.converted_at') }}
            as seconds_to_convert,
        '{{ var("reporting_currency") }}' as currency,
        cast(conversions.amount as numeric(18, 2)) as amount,
        journeys.first_touched_at,
        journeys.last_touched_at,
        conversions.converted_at,
        journeys.open_until
    from conversions
    full outer join journeys on conversions.order_key = journeys.journey_id
)

select * from paths
