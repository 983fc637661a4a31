with

-- A touch without credit had no part in the order by this model.
credits as (
    select
        order_key,
        attribution_model,
        marketing_channel,
        currency,
        touch_count,
        credit,
        attributed_amount,
        {{ reporting_date('converted_at') }} as converted_date
    from {{ ref('attributed_conversions') }}
    where credit > 0
),

-- Few orders are credited to a channel twice, so that these are counted apart: to count what is
-- distinct among all credits would take four times as long.
repeated_credits as (
    select
        attribution_model,
        marketing_channel,
        converted_date,
        currency,
        count(*) - 1 as repeat_count
    from credits
    where touch_count > 1
    group by order_key, attribution_model, marketing_channel, converted_date, currency
    having count(*) > 1
),

summed_repeats as (
    select
        attribution_model,
        marketing_channel,
        converted_date,
        currency,
        sum(repeat_count) as repeat_count
    from repeated_credits
    group by attribution_model, marketing_channel, converted_date, currency
),

summed_credits as (
    select
        attribution_model,
        marketing_channel,
        converted_date,
        currency,
        count(*) as credit_count,
        sum(credit) as credited_conversions,
        sum(attributed_amount) as attributed_amount
    from credits
    group by attribution_model, marketing_channel, converted_date, currency
),

described as (
    select
        {{ surrogate_key(
            ['credits.attribution_model', 'credits.marketing_channel', 'credits.converted_date']
        ) }} as channel_performance_id,
        credits.attribution_model,
        credits.marketing_channel,
        credits.converted_date,
        credits.currency,
        cast(credits.credit_count - coalesce(repeats.repeat_count, 0) as bigint)
            as conversion_count,
        cast(credits.credited_conversions as numeric(18, 6)) as credited_conversions,
        cast(credits.attributed_amount as numeric(18, 2)) as attributed_amount
    from summed_credits as credits
    left join summed_repeats as repeats
        on
            credits.attribution_model = repeats.attribution_model
            and credits.marketing_channel = repeats.marketing_channel
            and credits.converted_date = repeats.converted_date
            and credits.currency = repeats.currency
)

select * from described
