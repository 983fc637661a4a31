create table observed as
{% for column in columns %}
select
    {{ column.model | literal }} as source_model,
    {{ column.channel | literal }} as channel,
    {{ column.entity | literal }} as entity,
    cast({{ column.record_id }} as varchar) as record_id,
    cast({{ column.source_key }} as varchar) as source_key,
    {{ column.identifier_type | literal }} as identifier_type,
    cast({{ column.expression }} as varchar) as identifier_value
from {{ staging }}.{{ column.model }}
where ({{ column.expression }}) is not null
{% if not loop.last %}
union all
{% endif %}
{% endfor %}
