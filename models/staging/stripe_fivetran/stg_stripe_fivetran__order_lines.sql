{{ config(enabled=connector_is_on()) }}

-- A charge for an invoice has the invoice's lines, before the discount and tax of the invoice.
-- Of several charges for an invoice, the one that succeeded has them, or else the last.
with

base as (
    select * from {{ ref('base_stripe_fivetran__invoice_line_item') }}
    where _row_status = 'accepted'
),

invoices as (
    select * from {{ ref('stg_stripe_fivetran__invoices') }}
),

prices as (
    select * from {{ ref('stg_stripe_fivetran__prices') }}
),

ranked_charges as (
    select
        invoice_id,
        payment_id,
        _staged_batch,
        row_number() over (
            partition by invoice_id
            order by
                case when status = 'succeeded' then 0 else 1 end,
                created_at desc,
                payment_id
        ) as charge_number
    from {{ ref('stg_stripe_fivetran__charges') }}
    where invoice_id is not null
),

charged_lines as (
    select
        base.line_id,
        base._record_key,
        coalesce(charges.payment_id, invoices.payment_id) as order_id,
        prices.product_id,
        case when base.quantity > 0 then base.quantity else 1 end as quantity,
        base.amount,
        row_number() over (partition by base.invoice_id order by base.line_id) as line_number,
        greatest(
            base._staged_batch, invoices._staged_batch, charges._staged_batch, prices._staged_batch
        ) as _staged_batch
    from base
    left join invoices on base.invoice_id = invoices.invoice_id
    left join ranked_charges as charges
        on base.invoice_id = charges.invoice_id and charges.charge_number = 1
    left join prices on base.price_id = prices.price_id
),

-- The price of one unit is rounded up and the discount takes the rest, so that line totals are
-- exact; a credit has the price 0 and a discount.
priced_lines as (
    select
        *,
        cast(
            case when amount > 0 then ceil(amount * 100.0 / quantity) / 100.0 else 0 end
            as numeric(18, 2)
        ) as unit_price
    from charged_lines
    where order_id is not null
),

order_lines as (
    select
        _record_key as order_line_id,
        order_id,
        line_number,
        product_id,
        quantity,
        unit_price,
        cast(quantity * unit_price - amount as numeric(18, 2)) as discount_amount,
        _record_key,
        _staged_batch
    from priced_lines
)

select * from order_lines
