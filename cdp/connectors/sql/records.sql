{#- Rows and the time of the last load of each staged table. -#}
{% for connector, relation in relations %}
{% if not loop.first %}
union all
{% endif %}
select
    {{ connector | literal }} as connector,
    count(case when _row_status = 'accepted' then 1 end) as record_count,
    max(_loaded_at) as loaded_at
from {{ staging }}.{{ relation }}
{% endfor %}
