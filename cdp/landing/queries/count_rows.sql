select
    files.file_index,
    coalesce(kept.n, 0) as row_count,
    coalesce(rejected.n, 0) as quarantined_row_count,
    files.row_count as read_count
from temp.landing_staged_files as files
left join (
    select
        file_index,
        count(*) as n
    from ({{ query }})
    group by all
) as kept
    on files.file_index = kept.file_index
left join (
    select
        file_index,
        count(*) as n
    from temp.landing_rejects
    group by all
) as rejected
    on files.file_index = rejected.file_index
order by files.file_index
