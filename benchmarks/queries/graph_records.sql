{#- The edges of a batch as records of one source. -#}
{%- if batch == 1 %}
create table {{ table }} as
{% else %}
insert into {{ table }}
{% endif %}
select
    md5('record' || record_number) as record_id,
    timestamp '2026-01-01' + to_seconds((hash(record_number) % 25000000)::bigint) as observed_at,
    {{ items }},
    md5('record' || record_number) as _record_key,
    'accepted' as _row_status,
    {{ batch }}::bigint as _staged_batch
from numbered
where kind in ({{ kinds }})
