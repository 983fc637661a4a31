{{ config(materialized='view') }}

-- A company of a CRM is the account with the domain of its website.
with

companies as (
    select * from {{ ref('input_companies') }}
    where not coalesce(is_deleted, false)
),

accounts as (
    select * from {{ ref('accounts') }}
),

matched_companies as (
    select
        companies.connector,
        companies.company_id,
        max(companies.name) as company_name,
        max(accounts.account_id) as account_id
    from companies
    left join accounts
        on regexp_replace(lower(companies.domain), '^www[.]', '') = accounts.email_domain
    group by companies.connector, companies.company_id
)

select * from matched_companies
