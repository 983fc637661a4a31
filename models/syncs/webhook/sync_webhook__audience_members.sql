with

reachable as (
    select * from {{ ref('int_audiences__reachable') }}
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
        {{ surrogate_key(['reachable.audience_name', 'reachable.profile_id']) }} as member_key,
        reachable.audience_name as audience,
        reachable.profile_id,
        contacts.email,
        contacts.first_name,
        profiles.country,
        profiles.preferred_language as language,
        reachable.priority,
        reachable.entered_at
    from reachable
    inner join contacts on reachable.profile_id = contacts.profile_id
    inner join profiles on reachable.profile_id = profiles.profile_id
)

select * from selected_members
