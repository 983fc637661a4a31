{#- Rejects count as positions: the n-th reject of a file, at position p, follows p - n rows. -#}
insert into landing_gaps
select
    file_index,
    rows,
    max(shift) as shift
from (
    select
        file_index,
        position - row_number() over by_position + 1 as rows,
        row_number() over by_position as shift
    from temp.landing_rejects
    window by_position as (partition by file_index order by position)
) as rejects
group by file_index, rows
