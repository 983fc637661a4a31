with

orders as (
    select * from {{ ref('orders') }}
),

found_conversions as (
    select
        order_key,
        profile_id,
        channel,
        reporting_amount as amount,
        ordered_at as converted_at
    from orders
    where not is_return and ordered_at <= {{ as_of() }}
),

compared_with_previous as (
    select
        order_key,
        profile_id,
        channel,
        amount,
        converted_at,
        -- Orders without a profile have no previous order.
        case
            when profile_id is not null
                then
                    lag(converted_at) over (
                        partition by profile_id
                        order by converted_at, order_key
                    )
        end as previous_converted_at
    from found_conversions
)

select * from compared_with_previous
