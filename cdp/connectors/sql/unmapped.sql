select
    connector,
    input_name,
    column_name,
    value,
    record_count,
    remedy
from {{ metrics }}.unmapped_values
{% if connector %}
where connector = {{ connector | literal }}
{% endif %}
order by record_count desc, connector, input_name, column_name, value
