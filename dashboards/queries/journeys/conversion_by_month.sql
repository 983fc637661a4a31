select
    period_start as visit_month,
    metric_value as conversion_rate
from cdp_metrics.metric_values
where period = 'month' and metric_name = 'session_conversion_rate'
order by visit_month
