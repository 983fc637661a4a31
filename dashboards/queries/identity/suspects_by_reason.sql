select
    reason,
    count(*) as identifier_count,
    sum(inactive_link_count) as inactive_link_count,
    max(neighbour_count) as largest_neighbour_count
from cdp_identity.identity_suspects
group by reason
order by identifier_count desc, reason
