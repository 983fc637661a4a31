with

members as (
    select * from {{ ref('profile_accounts') }}
),

account_totals as (
    select
        account_id,
        email_domain,
        count(*) as profile_count,
        cast(sum(email_count) as bigint) as email_count
    from members
    group by account_id, email_domain
)

select * from account_totals
