select
    device_id,
    platform,
    push_token,
    is_latest_user,
    first_seen_at,
    last_seen_at
from {{ contacts }}.profile_devices
where profile_id = $1
order by last_seen_at desc, device_id
