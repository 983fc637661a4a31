select
    identifier_type,
    is_direct,
    strength,
    comment
from {{ rules }}.identifier_types
order by strength desc
