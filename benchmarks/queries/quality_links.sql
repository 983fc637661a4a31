select record, dense_rank() over (order by person, identifier) - 1 as held
from carried where person is not null
