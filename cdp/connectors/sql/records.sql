{#- Rows and the time of the last load of each staged table. -#}
{% for connector, relation in relations %}
{{ 'union all' | sql if not loop.first }}
select
    {{ connector | literal }} as connector,
    count(case when _row_status = 'accepted' then 1 end) as record_count,
    max(_loaded_at) as loaded_at
from {{ staging }}.{{ relation }}
{% endfor %}
