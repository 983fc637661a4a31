select
    count(*),
    (select count(*) from scipy_labels),
    count(distinct solved.component_id),
    count(distinct expected.component_id),
    count(distinct (solved.component_id, expected.component_id))
from components as solved
inner join scipy_labels as expected on solved.node_id = expected.node_id
