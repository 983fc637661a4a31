with

attributed_conversions as (
    select * from {{ ref('attributed_conversions') }}
),

-- First by order, since to count different orders in the end would take longer.
summed_orders as (
    select
        order_key,
        attribution_model,
        marketing_channel,
        currency,
        sum(credit) as credit,
        sum(attributed_amount) as attributed_amount,
        max(converted_at) as converted_at
    from attributed_conversions
    group by order_key, attribution_model, marketing_channel, currency
),

dated as (
    select
        *,
        {{ reporting_date('converted_at') }} as converted_date
    from summed_orders
),

summed as (
    select
        {{ surrogate_key(['attribution_model', 'marketing_channel', 'converted_date']) }}
            as channel_performance_id,
        attribution_model,
        marketing_channel,
        converted_date,
        currency,
        -- A touch without credit had no part in the order by this model.
        count(case when credit > 0 then 1 end) as conversion_count,
        cast(sum(credit) as numeric(18, 6)) as credited_conversions,
        cast(sum(attributed_amount) as numeric(18, 2)) as attributed_amount
    from dated
    group by attribution_model, marketing_channel, converted_date, currency
    having sum(credit) > 0
)

select * from summed
