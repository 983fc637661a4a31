with

products as (
    select * from {{ ref('input_subscriptions') }}
    where observed_at <= {{ as_of() }}
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

valued_products as (
    select
        products.*,
        events.profile_id,
        cast(products.monthly_amount * rates.reporting_rate as numeric(18, 2))
            as monthly_reporting_amount,
        row_number() over (
            partition by products.connector, products.subscription_id
            order by products.source_model, products.record_id
        ) as product_number
    from products
    left join events
        on products.source_model = events.source_model and products.record_id = events.record_id
    left join exchange_rates as rates on products.currency = rates.currency
),

-- A subscription of which one product has no value has none either.
totals as (
    select
        connector,
        subscription_id,
        max(profile_id) as profile_id,
        max(company_id) as company_id,
        case when count(distinct product_id) = 1 then max(product_id) end as product_id,
        max(case when product_number = 1 then status end) as status,
        max(case when product_number = 1 then currency end) as currency,
        case when count(monthly_amount) = count(*) then sum(monthly_amount) end as monthly_amount,
        case when count(monthly_reporting_amount) = count(*) then sum(monthly_reporting_amount) end
            as monthly_reporting_amount,
        min(started_at) as started_at,
        case when count(ended_at) = count(*) then max(ended_at) end as ended_at
    from valued_products
    group by connector, subscription_id
),

subscriptions as (
    select
        {{ surrogate_key(['totals.connector', 'totals.subscription_id']) }} as subscription_key,
        totals.subscription_id,
        totals.connector,
        totals.profile_id,
        totals.company_id,
        company_accounts.account_id,
        totals.product_id,
        totals.status,
        {{ is_active_subscription(
            'totals.status', 'totals.started_at', 'totals.ended_at', as_of()
        ) }} as is_active,
        {{ has_recurring_revenue(
            'totals.status', 'totals.started_at', 'totals.ended_at', as_of()
        ) }} as has_recurring_revenue,
        totals.currency,
        cast(totals.monthly_amount as numeric(18, 2)) as monthly_amount,
        cast(totals.monthly_reporting_amount as numeric(18, 2)) as monthly_reporting_amount,
        totals.started_at,
        totals.ended_at
    from totals
    left join company_accounts
        on
            totals.connector = company_accounts.connector
            and totals.company_id = company_accounts.company_id
)

select * from subscriptions
