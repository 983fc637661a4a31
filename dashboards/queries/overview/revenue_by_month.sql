select
    period_start as ordered_month,
    metric_value as net_revenue
from cdp_metrics.metric_values
where period = 'month' and metric_name = 'net_revenue'
order by ordered_month
