select identifier_value
from {{ identity }}.profile_identifiers
where
    identifier_type = $1
    and lower(identifier_value) = lower($2)
    and record_count > 0
order by identifier_value
limit 1
