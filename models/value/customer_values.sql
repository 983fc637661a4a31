with

summaries as (
    select * from {{ ref('int_value__rfm_summaries') }}
),

orders as (
    select * from {{ ref('int_profiles__orders') }}
),

fits as (
    select * from {{ ref('int_value__fits') }}
    where purpose = 'forecast'
),

forecasts as (
    select * from {{ ref('int_value__purchase_forecasts') }}
    where purpose = 'forecast'
),

spread_forecasts as (
    select
        frequency,
        tenure_days,
        max(case when horizon_days = 90 then expected_purchases_if_alive end) as within_90_days,
        max(case when horizon_days = 365 then expected_purchases_if_alive end) as within_365_days
    from forecasts
    group by frequency, tenure_days
),

scored as (
    select
        summaries.*,
        fits.fit_id,
        orders.net_amount as historic_amount,
        {{ probability_alive(
            'summaries.frequency', 'summaries.recency_days', 'summaries.tenure_days', 'fits'
        ) }} as probability_alive,
        {{ expected_purchase_amount(
            'summaries.frequency', 'summaries.monetary_amount', 'fits'
        ) }} as purchase_amount,
        spread_forecasts.within_90_days,
        spread_forecasts.within_365_days
    from summaries
    inner join orders on summaries.profile_id = orders.profile_id
    left join spread_forecasts
        on
            summaries.frequency = spread_forecasts.frequency
            and summaries.tenure_days = spread_forecasts.tenure_days
    left join fits on true
),

valued as (
    select
        profile_id,
        fit_id,
        '{{ var("reporting_currency") }}' as currency,
        frequency,
        recency_days,
        tenure_days,
        monetary_amount,
        historic_amount,
        probability_alive,
        probability_alive * within_90_days as expected_purchases_90_days,
        probability_alive * within_365_days as expected_purchases_365_days,
        cast(purchase_amount as numeric(18, 2)) as expected_purchase_amount,
        cast(
            probability_alive * within_90_days * purchase_amount as numeric(18, 2)
        ) as expected_amount_90_days,
        cast(
            probability_alive * within_365_days * purchase_amount as numeric(18, 2)
        ) as expected_amount_365_days,
        observed_until
    from scored
)

select * from valued
