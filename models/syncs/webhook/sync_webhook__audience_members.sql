with

memberships as (
    select * from {{ ref('audience_memberships') }}
    where left_at is null and not is_holdout
),

members as (
    select * from {{ ref('int_audiences__members') }}
),

contactable_profiles as (
    select * from {{ ref('contactable_profiles') }}
    where channel = 'email' and purpose = 'marketing'
),

contacts as (
    select * from {{ ref('profile_contacts') }}
    where email is not null
),

profiles as (
    select * from {{ ref('profiles') }}
),

selected_members as (
    select
        {{ surrogate_key(['memberships.audience_name', 'memberships.profile_id']) }} as member_key,
        memberships.audience_name as audience,
        memberships.profile_id,
        contacts.email,
        contacts.first_name,
        profiles.country,
        profiles.preferred_language as language,
        members.priority,
        memberships.entered_at
    from memberships
    inner join members
        on
            memberships.audience_name = members.audience_name
            and memberships.profile_id = members.profile_id
            and members.channel = 'email'
            and members.purpose = 'marketing'
    inner join contactable_profiles on memberships.profile_id = contactable_profiles.profile_id
    inner join contacts on memberships.profile_id = contacts.profile_id
    inner join profiles on memberships.profile_id = profiles.profile_id
)

select * from selected_members
