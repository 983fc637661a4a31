select
    churn_risks.churn_risk_band,
    count(*) as customer_count,
    sum(customer_values.expected_amount_365_days) as expected_amount
from cdp_value.churn_risks
inner join cdp_value.customer_values on churn_risks.profile_id = customer_values.profile_id
where churn_risks.churn_risk_band is not null
group by churn_risks.churn_risk_band
order by min(churn_risks.churn_risk), churn_risks.churn_risk_band
