{{ history_of(['profile_id']) }}

-- An identifier may come to a profile or leave it with records of others.
with

identities as (
    select
        profile_id,
        first_seen_at,
        known_at
    from {{ ref('int_profiles__identities') }}
)

{{ history_changes('identities', ['profile_id'], ['first_seen_at', 'known_at']) }}
