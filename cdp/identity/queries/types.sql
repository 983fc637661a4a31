select
    identifier_type,
    is_direct,
    comment
from {{ rules }}.identifier_types
order by priority desc
