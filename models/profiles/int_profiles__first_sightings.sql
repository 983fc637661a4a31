{{ history_of(['profile_id']) }}

-- All rows are computed in each run, since records of other profiles may move identifiers to or
-- from a profile.
with

identities as (
    select
        profile_id,
        first_seen_at,
        known_at
    from {{ ref('int_profiles__identities') }}
)

{{ history_changes('identities', ['profile_id'], ['first_seen_at', 'known_at']) }}
