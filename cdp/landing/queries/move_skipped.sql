insert into landing_rejects
select
    file_index,
    position,
    reason,
    original_text
from temp.landing_skipped
where reason is not null
