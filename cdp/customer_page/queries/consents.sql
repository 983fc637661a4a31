select
    channel,
    purpose,
    status,
    source,
    proof,
    consent_id,
    recorded_at
from {{ profiles }}.profile_consents
where profile_id = $1
order by channel, purpose
