{{ config(severity='warn') }}

-- Consent records that are no grant and whose time, channel or purpose cannot be read. They
-- suppress the person: correct the record, or map its channel or purpose.
select
    source_model,
    consent_id,
    channel,
    purpose
from {{ ref('int_profiles__consent_answers') }}
where is_unreadable and not is_grant
