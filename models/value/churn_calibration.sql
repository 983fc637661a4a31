with

summaries as (
    select * from {{ ref('int_value__holdout_summaries') }}
),

fits as (
    select * from {{ ref('int_value__fits') }}
    where purpose = 'holdout'
),

forecasts as (
    select * from {{ ref('int_value__purchase_forecasts') }}
    where purpose = 'holdout'
),

scored as (
    select
        summaries.*,
        fits.fit_id,
        {{ probability_alive(
            'summaries.frequency', 'summaries.recency_days', 'summaries.tenure_days', 'fits'
        ) }} as probability_alive,
        forecasts.expected_purchases_if_alive
    from summaries
    inner join fits on true
    inner join forecasts
        on
            summaries.frequency = forecasts.frequency
            and summaries.tenure_days = forecasts.tenure_days
),

predicted as (
    select
        *,
        probability_alive * expected_purchases_if_alive as expected_purchases,
        ntile(10) over (
            order by probability_alive * expected_purchases_if_alive, profile_id
        ) as decile
    from scored
),

customer_classes as (
    select
        'frequency' as grouped_by,
        least(frequency, 7) as class_number,
        predicted.*
    from predicted
    union all
    select
        'forecast' as grouped_by,
        decile as class_number,
        predicted.*
    from predicted
),

calibration as (
    select
        fit_id,
        grouped_by,
        cast(class_number as bigint) as class_number,
        count(*) as customer_count,
        avg(probability_alive) as mean_probability_alive,
        sum(expected_purchases) as expected_purchase_count,
        cast(sum(observed_purchase_count) as bigint) as observed_purchase_count,
        count(case when observed_purchase_count > 0 then 1 end) as returned_customer_count,
        cast({{ value_holdout_days() }} as bigint) as holdout_days,
        observed_until
    from customer_classes
    group by fit_id, grouped_by, class_number, observed_until
)

select * from calibration
