select
    profile_id,
    is_blocked,
    is_shared
from {{ identity }}.profile_identifiers
where identifier_type = $1 and identifier_value = $2 and record_count > 0
