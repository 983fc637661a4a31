select
    source_model as source, count(*) as records,
    count(*) filter (profile is null) as uncovered,
    count(*) filter (is_known) as in_truth,
    count(*) filter (person is null) as nobody
from records group by source_model order by source_model
