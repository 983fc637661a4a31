with

reachable as (
    select * from {{ ref('int_audiences__reachable') }}
    where audience_name = 'aud_lookalike_seed'
),

members as (
    select * from {{ ref('aud_lookalike_seed') }}
),

contacts as (
    select * from {{ ref('profile_contacts') }}
    where email is not null
),

selected_customers as (
    select
        members.profile_id,
        {{ hashed_address('contacts.email') }} as email_sha256,
        members.country,
        members.currency,
        members.net_amount
    from reachable
    inner join members on reachable.profile_id = members.profile_id
    inner join contacts on reachable.profile_id = contacts.profile_id
)

select * from selected_customers
