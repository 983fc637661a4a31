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

parsed_addresses as (
    select
        profile_id,
        lower(split_part(identifier_value, '@', 2)) as email_domain
    from identifiers
),

profile_domains as (
    select
        parsed_addresses.profile_id,
        parsed_addresses.email_domain,
        count(*) as email_count
    from parsed_addresses
    left join free_mail_domains on parsed_addresses.email_domain = free_mail_domains.email_domain
    where free_mail_domains.email_domain is null and parsed_addresses.email_domain <> ''
    group by parsed_addresses.profile_id, parsed_addresses.email_domain
),

counted_domains as (
    select
        *,
        count(*) over (partition by email_domain) as profile_count
    from profile_domains
),

-- A domain with a single profile is not treated as a company.
shared_domains as (
    select
        md5('account' || chr(31) || email_domain) as account_id,
        profile_id,
        email_domain,
        email_count
    from counted_domains
    where profile_count > 1
)

select * from shared_domains
