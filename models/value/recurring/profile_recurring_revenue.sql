with

subscriptions as (
    select * from {{ ref('subscriptions') }}
    where profile_id is not null
),

invoices as (
    select * from {{ ref('invoices') }}
    where profile_id is not null
),

subscription_totals as (
    select
        profile_id,
        count(case when is_active then 1 end) as active_subscription_count,
        sum(case when has_recurring_revenue then monthly_reporting_amount else 0 end)
            as monthly_amount,
        count(case when has_recurring_revenue and monthly_reporting_amount is null then 1 end)
            as unvalued_count
    from subscriptions
    group by profile_id
),

invoice_totals as (
    select
        profile_id,
        count(case when is_open then 1 end) as open_invoice_count,
        sum(open_reporting_amount) as open_amount,
        count(case when is_overdue then 1 end) as overdue_invoice_count,
        sum(case when is_overdue then open_reporting_amount else 0 end) as overdue_amount,
        count(case when is_open and open_reporting_amount is null then 1 end) as unvalued_count
    from invoices
    group by profile_id
),

profiles as (
    select profile_id from subscription_totals
    union
    select profile_id from invoice_totals
),

totals as (
    select
        profiles.profile_id,
        '{{ var("reporting_currency") }}' as currency,
        coalesce(subscription_totals.active_subscription_count, 0) as active_subscription_count,
        cast(coalesce(subscription_totals.monthly_amount, 0) as numeric(18, 2)) as monthly_amount,
        coalesce(invoice_totals.open_invoice_count, 0) as open_invoice_count,
        cast(coalesce(invoice_totals.open_amount, 0) as numeric(18, 2)) as open_amount,
        coalesce(invoice_totals.overdue_invoice_count, 0) as overdue_invoice_count,
        cast(coalesce(invoice_totals.overdue_amount, 0) as numeric(18, 2)) as overdue_amount,
        coalesce(subscription_totals.unvalued_count, 0) + coalesce(invoice_totals.unvalued_count, 0)
            as unvalued_count
    from profiles
    left join subscription_totals on profiles.profile_id = subscription_totals.profile_id
    left join invoice_totals on profiles.profile_id = invoice_totals.profile_id
)

select * from totals
