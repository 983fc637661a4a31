{{ incremental_by('profile') }}

with

orders as (
    select * from {{ changed('orders') }}
    where
        profile_id is not null
        and ordered_at <= {{ as_of() }}
),

numbered_orders as (
    select
        *,
        row_number() over (
            partition by profile_id, is_return
            order by ordered_at desc, order_key
        ) as recency
    from orders
),

order_totals as (
    select
        profile_id,
        count(case when not is_return then 1 end) as order_count,
        count(case when not is_return then reporting_amount end) as valued_order_count,
        count(case when is_return then 1 end) as return_count,
        cast(
            coalesce(sum(case when not is_return then reporting_amount end), 0) as numeric(18, 2)
        ) as gross_amount,
        cast(
            coalesce(-sum(case when is_return then reporting_amount end), 0) as numeric(18, 2)
        ) as returned_amount,
        cast(coalesce(sum(reporting_amount), 0) as numeric(18, 2)) as net_amount,
        min(case when not is_return then ordered_at end) as first_ordered_at,
        max(case when not is_return and recency = 2 then ordered_at end) as previous_ordered_at,
        max(case when not is_return then ordered_at end) as last_ordered_at
    from numbered_orders
    group by profile_id
)

select * from order_totals
