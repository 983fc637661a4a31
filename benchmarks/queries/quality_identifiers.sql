create table identifiers as
select
    row_number() over (order by identifier_type, identifier_value) - 1 as identifier,
    identifier_type, identifier_value
from (select distinct identifier_type, identifier_value from observed)
