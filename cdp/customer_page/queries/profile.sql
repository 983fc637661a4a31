select
    profile_id,
    lifecycle_stage,
    is_known,
    loyalty_tier,
    loyalty_points_count,
    identifier_count,
    channel_count,
    order_count,
    first_seen_at,
    last_seen_at,
    last_interaction_at,
    last_ordered_at
from {profiles}.profiles
where profile_id = $1
