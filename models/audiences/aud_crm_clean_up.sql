with

problems as (
    select * from {{ ref('int_audiences__crm_problems') }}
),

-- Leave out profiles that were not known by `as_of()`.
profiles as (
    select * from {{ ref('profiles') }}
),

contacts_per_profile as (
    select
        problems.profile_id,
        count(*) as contact_count,
        count(case when problems.is_duplicate then 1 end) as duplicate_count,
        count(case when problems.is_unreadable_email then 1 end) as unreadable_email_count,
        count(case when problems.is_unreadable_phone then 1 end) as unreadable_phone_count,
        count(case when problems.is_dead_mailbox then 1 end) as dead_mailbox_count,
        count(case when problems.is_unreachable then 1 end) as unreachable_count,
        count(case when problems.is_nameless then 1 end) as nameless_count,
        count(case when problems.is_incomplete_address then 1 end) as incomplete_address_count,
        max(problems.updated_at) as last_updated_at
    from problems
    inner join profiles on problems.profile_id = profiles.profile_id
    group by problems.profile_id
)

select * from contacts_per_profile
