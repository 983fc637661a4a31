with

opportunities as (
    select * from {{ ref('input_opportunities') }}
    where
        not coalesce(is_deleted, false)
        and {{ is_open_opportunity('status') }}
        and (observed_at is null or observed_at <= {{ as_of() }})
),

events as (
    select * from {{ ref('events') }}
    where profile_id is not null
),

company_accounts as (
    select * from {{ ref('int_value__company_accounts') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

attributed_opportunities as (
    select
        opportunities.*,
        events.profile_id,
        company_accounts.account_id,
        opportunities.amount * rates.reporting_rate as reporting_amount
    from opportunities
    left join events
        on
            opportunities.source_model = events.source_model
            and opportunities.record_id = events.record_id
    left join company_accounts
        on
            opportunities.connector = company_accounts.connector
            and opportunities.company_id = company_accounts.company_id
    left join exchange_rates as rates on opportunities.currency = rates.currency
),

totals as (
    select
        {{ surrogate_key(["coalesce(profile_id, '')", "coalesce(account_id, '')"]) }}
            as profile_account_key,
        profile_id,
        account_id,
        count(*) as opportunity_count,
        '{{ var("reporting_currency") }}' as currency,
        cast(coalesce(sum(reporting_amount), 0) as numeric(18, 2)) as amount,
        count(case when reporting_amount is null then 1 end) as unvalued_count,
        min(expected_close_date) as next_expected_close_date
    from attributed_opportunities
    group by profile_id, account_id
)

select * from totals
