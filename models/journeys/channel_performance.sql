with

-- A touch without credit had no part in the order by this model. Read twice, which costs less than
-- to keep it.
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

-- Dates are told for quarters of an hour, since a time zone costs much for each credit. Orders that
-- are credited to a channel more than once are few: these are taken off, where to count what is
-- distinct would cost much for all.
unioned as (
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

dated as (
    select
        *,
        {{ reporting_date('converted_quarter_hour') }} as converted_date
    from unioned
),

summed as (
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
    from dated
    group by attribution_model, marketing_channel, converted_date, currency
)

select * from summed
