with

-- Touchpoints without credit are left out. Not materialized: reading it twice is cheaper.
credits as not materialized (
    select
        order_key,
        attribution_model,
        marketing_channel,
        currency,
        credit,
        attributed_amount,
        {{ quarter_hour('converted_at') }} as converted_quarter_hour
    from {{ ref('attributed_conversions') }}
    where credit > 0
),

-- Grouped by 15 minutes first, since time-zone conversion per row is expensive. Few orders have
-- several touchpoints of one channel, so the second part subtracts these duplicates; this is
-- cheaper than `count(distinct order_key)`.
quarter_hour_totals as (
    select
        attribution_model,
        marketing_channel,
        converted_quarter_hour,
        currency,
        count(*) as conversion_count,
        sum(credit) as credit,
        sum(attributed_amount) as attributed_amount
    from credits
    group by attribution_model, marketing_channel, converted_quarter_hour, currency
    union all
    select
        attribution_model,
        marketing_channel,
        converted_quarter_hour,
        currency,
        1 - count(*) as conversion_count,
        0 as credit,
        0 as attributed_amount
    from credits
    where credit < 1
    group by order_key, attribution_model, marketing_channel, converted_quarter_hour, currency
    having count(*) > 1
),

dated_totals as (
    select
        *,
        {{ reporting_date('converted_quarter_hour') }} as converted_date
    from quarter_hour_totals
),

daily_totals as (
    select
        {{ surrogate_key(['attribution_model', 'marketing_channel', 'converted_date']) }}
            as channel_performance_id,
        attribution_model,
        marketing_channel,
        converted_date,
        currency,
        cast(sum(conversion_count) as bigint) as conversion_count,
        cast(sum(credit) as numeric(18, 6)) as credited_conversions,
        cast(sum(attributed_amount) as numeric(18, 2)) as attributed_amount
    from dated_totals
    group by attribution_model, marketing_channel, converted_date, currency
)

select * from daily_totals
