with

order_lines as (
    select * from {{ ref('order_lines') }}
    where profile_id is not null and ordered_at <= {{ as_of() }}
),

reported_lines as (
    select
        channel,
        order_id,
        line_number,
        quantity,
        unit_price,
        discount_amount,
        -- The report of a line that order_lines takes.
        row_number() over (
            partition by channel, order_id, line_number
            order by record_id
        ) as report_number
    from {{ ref('int_journeys__order_lines_unioned') }}
),

products as (
    select * from {{ ref('stg_catalog__products') }}
),

exchange_rates as (
    select * from {{ ref('exchange_rates') }}
),

costed_lines as (
    select
        order_lines.profile_id,
        order_lines.is_return,
        order_lines.reporting_amount,
        reported_lines.discount_amount,
        cast(
            reported_lines.quantity * reported_lines.unit_price as numeric(18, 2)
        ) as list_amount,
        cast(
            cast(order_lines.quantity * products.cost as numeric(18, 2))
            * exchange_rates.reporting_rate as numeric(18, 2)
        ) as cost_amount
    from order_lines
    left join reported_lines
        on
            order_lines.channel = reported_lines.channel
            and order_lines.order_id = reported_lines.order_id
            and order_lines.line_number = reported_lines.line_number
            and reported_lines.report_number = 1
    left join products on order_lines.product_id = products.product_id
    left join exchange_rates on products.currency = exchange_rates.currency
),

summed as (
    select
        profile_id,
        count(case when not is_return then 1 end) as purchased_line_count,
        count(case when not is_return and discount_amount > 0 then 1 end) as discounted_line_count,
        cast(sum(case when cost_amount is not null then reporting_amount end) as numeric(18, 2))
            as costed_amount,
        cast(
            sum(case when cost_amount is not null then reporting_amount - cost_amount end)
            as numeric(18, 2)
        ) as margin_amount,
        -- A share of prices needs no currency: the average of what each line was reduced by.
        avg(
            case
                when not is_return and list_amount > 0
                    then
                        cast(discount_amount as double precision)
                        / cast(list_amount as double precision)
            end
        ) as average_discount_share
    from costed_lines
    group by profile_id
)

select * from summed
