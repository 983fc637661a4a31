select
    metric_name,
    metric_value
from cdp_metrics.metric_values
where period = 'all'
