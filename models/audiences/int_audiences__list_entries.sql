with

memberships as (
    select * from {{ ref('audience_memberships') }}
),

redirects as (
    select * from {{ ref('profile_redirects') }}
),

deliveries as (
    select * from {{ ref('int_audiences__deliveries') }}
),

-- A destination knows a merged profile by its earlier key.
known_ids as (
    select
        audience_name,
        profile_id,
        profile_id as known_profile_id
    from memberships
    union
    select
        memberships.audience_name,
        memberships.profile_id,
        redirects.old_profile_id as known_profile_id
    from memberships
    inner join redirects on memberships.profile_id = redirects.profile_id
),

found_entries as (
    select
        deliveries.sync_key,
        known_ids.audience_name,
        known_ids.profile_id,
        deliveries.delivered_at
    from known_ids
    inner join deliveries
        on
            {{ surrogate_key(['known_ids.audience_name', 'known_ids.known_profile_id']) }}
            = deliveries.sync_key
)

select * from found_entries
