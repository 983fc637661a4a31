{#- Pairs of records that agree in all columns. -#}
select coalesce(sum(n * (n - 1) // 2), 0)::bigint
from (
    select count(*) as n from records
    where {% for column in columns %}{{ column }} is not null{{ " and " | safe if not loop.last }}{% endfor %}

    group by {{ columns | name_list }}
)
