{#- Records of a batch that repeat pairs of the graph a day later. -#}
insert into {{ table }}
select
    md5('again' || record_id || {{ batch }}) as record_id,
    observed_at + interval 1 day,
    {{ columns | name_list }},
    md5('again' || record_id || {{ batch }}) as _record_key,
    'accepted' as _row_status,
    {{ batch }} as _staged_batch
from (
    select * from {{ table }}
    where _staged_batch = 1 and _row_status = 'accepted'
    order by hash(record_id, {{ batch }})
    limit {{ count }}
)
