{{ config(materialized='view') }}

with

fits as (
    {{ fitted_values() }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by purpose
            order by fitted_at desc, fit_id
        ) as fit_number
    from fits
    -- A fit must not be evaluated on a holdout period that it was fitted on.
    where purpose = 'forecast' or observed_until <= {{ value_holdout_start() }}
),

latest as (
    select
        fit_id,
        purpose,
        observed_until,
        customer_count,
        repeat_customer_count,
        purchase_r,
        purchase_alpha,
        purchase_a,
        purchase_b,
        log_likelihood,
        spend_p,
        spend_q,
        spend_v,
        fitted_at
    from ranked
    where fit_number = 1
)

select * from latest
