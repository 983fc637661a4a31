select
    identifier_type,
    is_direct,
    priority,
    comment
from {rules}.identifier_types
order by priority desc
