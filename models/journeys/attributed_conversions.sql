{{ config(materialized='view') }}

with

credits as (
    select * from {{ ref('int_journeys__credits') }}
),

effect_credits as (
    select * from {{ ref('int_journeys__effect_credits') }}
),

conversions as (
    select * from {{ ref('int_journeys__conversions') }}
),

touchpoints as (
    select * from {{ ref('int_journeys__conversion_touchpoints') }}
),

attribution_models as (
    select * from {{ ref('attribution_models') }}
),

-- Orders without a touchpoint keep their whole credit, so that credits sum to the orders.
conversions_without_touchpoint as (
    select
        conversions.order_key,
        attribution_models.attribution_model,
        cast(1 as bigint) as touch_number,
        cast(0 as bigint) as touch_count,
        cast(null as text) as touchpoint_id,
        conversions.profile_id,
        'unattributed' as marketing_channel,
        conversions.channel as converted_channel,
        cast(1 as numeric(18, 6)) as credit,
        conversions.amount as attributed_amount,
        cast(null as timestamp) as touched_at,
        conversions.converted_at
    from conversions
    left join touchpoints
        on
            conversions.order_key = touchpoints.order_key
            and touchpoints.touch_number = 1
    cross join attribution_models
    where touchpoints.order_key is null
),

all_credits as (
    select
        order_key,
        attribution_model,
        touch_number,
        touch_count,
        touchpoint_id,
        profile_id,
        marketing_channel,
        converted_channel,
        credit,
        attributed_amount,
        touched_at,
        converted_at
    from credits
    union all
    select
        order_key,
        attribution_model,
        touch_number,
        touch_count,
        touchpoint_id,
        profile_id,
        marketing_channel,
        converted_channel,
        credit,
        attributed_amount,
        touched_at,
        converted_at
    from effect_credits
    union all
    select * from conversions_without_touchpoint
),

keyed_credits as (
    select
        {{ surrogate_key(['order_key', 'attribution_model', 'touch_number']) }}
            as attributed_conversion_id,
        order_key,
        touchpoint_id,
        profile_id,
        attribution_model,
        marketing_channel,
        converted_channel,
        touch_number,
        touch_count,
        credit,
        '{{ var("reporting_currency") }}' as currency,
        attributed_amount,
        touched_at,
        converted_at
    from all_credits
)

select * from keyed_credits
