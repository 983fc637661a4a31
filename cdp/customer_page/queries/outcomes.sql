-- The ledger knows whose a key is; of a row that was never acknowledged only the key can.
with

ids as (
    select cast($1 as text) as profile_id
    union
    select old_profile_id from {{ identity }}.profile_redirects
    where profile_id = $1
),

keys as (
    select
        ledger.sync_name,
        ledger.sync_key
    from {{ activation }}.sync_ledger as ledger
    inner join ids
        on ledger.profile_id = ids.profile_id
    union
    select
        outcomes.sync_name,
        outcomes.sync_key
    from {{ activation }}.sync_outcomes as outcomes
    inner join ids
        on outcomes.sync_key = ids.profile_id
    union
    select
        sync_names.sync_name,
        offers.message_id as sync_key
    from {{ audiences }}.audience_nearby_offers as offers
    inner join ids
        on offers.profile_id = ids.profile_id
    cross join (select distinct sync_name from {{ activation }}.sync_runs) as sync_names
)

select
    outcomes.sync_name,
    outcomes.operation,
    outcomes.status,
    outcomes.attempt_count,
    outcomes.reason,
    outcomes.permission,
    outcomes.consent_recorded_at,
    outcomes.recorded_at
from {{ activation }}.sync_outcomes as outcomes
inner join keys
    on
        outcomes.sync_name = keys.sync_name
        and outcomes.sync_key = keys.sync_key
order by outcomes.recorded_at desc, outcomes.sync_name, outcomes.run_id, outcomes.sync_key
limit 100
