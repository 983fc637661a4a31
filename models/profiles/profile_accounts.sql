with

identifiers as (
    select * from {{ ref('profile_identifiers') }}
    where
        identifier_type = 'email'
        and profile_id is not null
        and not is_blocked
        and not is_shared
        and first_observed_at <= {{ as_of() }}
),

free_mail_domains as (
    select * from {{ ref('free_mail_domains') }}
),

parsed as (
    select
        profile_id,
        lower(split_part(identifier_value, '@', 2)) as email_domain
    from identifiers
),

grouped as (
    select
        parsed.profile_id,
        parsed.email_domain,
        count(*) as email_count
    from parsed
    left join free_mail_domains on parsed.email_domain = free_mail_domains.email_domain
    where free_mail_domains.email_domain is null and parsed.email_domain <> ''
    group by parsed.profile_id, parsed.email_domain
),

counted as (
    select
        *,
        count(*) over (partition by email_domain) as profile_count
    from grouped
),

-- The domain of one person is no company that we know of.
kept as (
    select
        md5('account' || chr(31) || email_domain) as account_id,
        profile_id,
        email_domain,
        email_count
    from counted
    where profile_count > 1
)

select * from kept
