select
    audience_name,
    treated_count,
    holdout_count,
    conversion_lift,
    conversion_lift_low,
    conversion_lift_high,
    incremental_revenue_amount
from cdp_audiences.audience_lift
where treated_count > 0
order by treated_count desc, audience_name
