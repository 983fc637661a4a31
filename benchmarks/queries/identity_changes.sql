select
    count(*) filter (change_type = 'merge' and cause = 'link'),
    count(*) filter (change_type = 'split' and cause = 'records_gone'),
    (select count(*) from identity_graph__id_registry),
    (select count(distinct cluster_id) from identity_graph)
from identity_graph__changes
