select
    raw_table,
    reason,
    count(*) as row_count
from {{ staging }}.staging_quarantine
{% if connector %}
where raw_table like {{ connector | literal }} || '\_\_%' escape '\'
{% endif %}
group by raw_table, reason
order by row_count desc, raw_table, reason
