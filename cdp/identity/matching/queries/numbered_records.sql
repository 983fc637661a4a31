create table records as
select
    *,
    row_number() over (order by identifier_type, identifier_value) as unique_id
from arrived
order by unique_id
