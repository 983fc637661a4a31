{#- The new edges of a batch: of a hundred records, 25 add a node to a known person, 10 join two
    persons and 15 are of persons never seen; the other 50 repeat a known pair. -#}
{%- set unseen %}(-1000000 - {{ batch }} * 100000000::bigint - i)::bigint{% endset -%}
create temp table numbered as
select
    case when i % 100 < 25 then 1 when i % 100 < 35 then 5 else 1 end as kind,
    case
        when i % 100 between 25 and 34 then (hash({{ batch }}, i, 1) % {{ persons }})::bigint
        else {{ unseen }}
    end as a,
    case
        when i % 100 < 35 then (hash({{ batch }}, i, 2) % {{ persons }})::bigint
        else {{ unseen }}
    end as b,
    1000000000::bigint * {{ batch }} + i as record_number
from range({{ count }}) as numbers (i)
where i % 100 < 50
