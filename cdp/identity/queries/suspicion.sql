select reason
from {{ identity }}.identity_suspects
where identifier_type = $1 and identifier_value = $2
