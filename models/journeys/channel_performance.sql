with

attributed_conversions as (
    select * from {{ ref('attributed_conversions') }}
),

dated as (
    select
        *,
        {{ reporting_date('converted_at') }} as converted_date
    from attributed_conversions
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
        count(distinct case when credit > 0 then order_key end) as conversion_count,
        cast(sum(credit) as numeric(18, 6)) as credited_conversions,
        cast(sum(attributed_amount) as numeric(18, 2)) as attributed_amount
    from dated
    group by attribution_model, marketing_channel, converted_date, currency
    having sum(credit) > 0
)

select * from summed
