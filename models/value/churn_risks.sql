with

customer_values as (
    select * from {{ ref('customer_values') }}
),

risked as (
    select
        *,
        1 - probability_alive as churn_risk
    from customer_values
),

banded as (
    select
        profile_id,
        fit_id,
        {{ churn_risk_band('churn_risk', 'frequency') }} as churn_risk_band,
        churn_risk,
        frequency,
        recency_days,
        tenure_days,
        tenure_days - recency_days as days_since_purchase,
        expected_purchases_90_days,
        expected_purchases_365_days,
        observed_until
    from risked
)

select * from banded
