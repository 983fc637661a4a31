with

amounts as (
    select * from {{ ref('int_value__recurring_amounts') }}
),

last_month as (
    select max(month) as month from amounts
),

-- Each amount counts at the end of its month and before the next.
balances as (
    select
        month,
        customer_key,
        subscription_count,
        unvalued_subscription_count,
        amount,
        cast(0 as numeric(18, 2)) as previous_amount
    from amounts
    union all
    select
        cast(month + interval '1 month' as date) as month,
        customer_key,
        0 as subscription_count,
        0 as unvalued_subscription_count,
        cast(0 as numeric(18, 2)) as amount,
        amount as previous_amount
    from amounts
    where customer_key is not null and month < (select last_month.month from last_month)
),

customers as (
    select
        month,
        customer_key,
        sum(subscription_count) as subscription_count,
        sum(unvalued_subscription_count) as unvalued_subscription_count,
        sum(amount) as amount,
        sum(previous_amount) as previous_amount
    from balances
    group by month, customer_key
),

months as (
    select
        month,
        '{{ var("reporting_currency") }}' as currency,
        cast(sum(previous_amount) as numeric(18, 2)) as starting_amount,
        cast(sum(case when previous_amount = 0 then amount else 0 end) as numeric(18, 2))
            as new_amount,
        cast(
            sum(
                case
                    when previous_amount > 0 and amount > previous_amount
                        then amount - previous_amount
                    else 0
                end
            ) as numeric(18, 2)
        ) as expansion_amount,
        cast(
            sum(
                case
                    when amount > 0 and amount < previous_amount then previous_amount - amount
                    else 0
                end
            ) as numeric(18, 2)
        ) as contraction_amount,
        cast(sum(case when amount = 0 then previous_amount else 0 end) as numeric(18, 2))
            as churned_amount,
        cast(sum(amount) as numeric(18, 2)) as total_amount,
        count(case when amount > 0 then 1 end) as customer_count,
        cast(sum(subscription_count) as bigint) as subscription_count,
        cast(sum(unvalued_subscription_count) as bigint) as unvalued_subscription_count
    from customers
    group by month
)

select * from months
