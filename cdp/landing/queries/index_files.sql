{#- Where in the table of rows each file begins. -#}
insert into landing_staged_files
select
    paths.file_index,
    paths.path,
    found.first_id,
    coalesce(found.row_count, 0) as row_count
from (values {{ paths }}) as paths (file_index, path)
left join (
    select
        {{ path }} as path,
        min(rowid) as first_id,
        count(*) as row_count
    from temp.landing_rows
    group by all
) as found
    on paths.path = found.path
