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
profile_ids as (
    select
        audience_name,
        profile_id,
        profile_id as sent_profile_id
    from memberships
    union
    select
        memberships.audience_name,
        memberships.profile_id,
        redirects.old_profile_id as sent_profile_id
    from memberships
    inner join redirects on memberships.profile_id = redirects.profile_id
),

list_entries as (
    select
        deliveries.sync_key,
        profile_ids.audience_name,
        profile_ids.profile_id,
        deliveries.delivered_at
    from profile_ids
    inner join deliveries
        on
            {{ surrogate_key(['profile_ids.audience_name', 'profile_ids.sent_profile_id']) }}
            = deliveries.sync_key
)

select * from list_entries
