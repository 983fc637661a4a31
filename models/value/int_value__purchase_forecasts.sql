-- Equation 10 of Fader, Hardie and Lee (2005) without its denominator. Euler's transformation turns
-- 2F1(r + x, b + x; a + b + x - 1; z) into (1 - z)^(a - 1 - r - x) 2F1(a + b - 1 - r, a - 1; …), a
-- series that converges fast; sum until a term is negligible.
with recursive

fits as (
    select * from {{ ref('int_value__fits') }}
),

-- Compute one forecast per distinct input: a million customers share a few thousand.
inputs as (
    select distinct
        'forecast' as purpose,
        frequency,
        tenure_days,
        90 as horizon_days
    from {{ ref('int_value__rfm_summaries') }}
    union all
    select distinct
        'forecast' as purpose,
        frequency,
        tenure_days,
        365 as horizon_days
    from {{ ref('int_value__rfm_summaries') }}
    union all
    select distinct
        'holdout' as purpose,
        frequency,
        tenure_days,
        {{ value_holdout_days() }} as horizon_days
    from {{ ref('int_value__holdout_summaries') }}
),

prepared as (
    select
        inputs.purpose,
        inputs.frequency,
        inputs.tenure_days,
        inputs.horizon_days,
        fits.purchase_a - 1 as upper,
        fits.purchase_a + fits.purchase_b + inputs.frequency - 1 as lower,
        fits.purchase_a + fits.purchase_b - 1 - fits.purchase_r as other_upper,
        inputs.horizon_days / cast(7 as double precision) / (
            fits.purchase_alpha
            + (inputs.tenure_days + inputs.horizon_days) / cast(7 as double precision)
        ) as argument
    from inputs
    inner join fits on inputs.purpose = fits.purpose
),

terms as (
    select
        prepared.*,
        0 as term_number,
        cast(1 as double precision) as term,
        cast(1 as double precision) as total
    from prepared
    union all
    select
        purpose,
        frequency,
        tenure_days,
        horizon_days,
        upper,
        lower,
        other_upper,
        argument,
        term_number + 1 as term_number,
        term * argument * (upper + term_number) * (other_upper + term_number)
        / ((lower + term_number) * (term_number + 1)) as term,
        total + term * argument * (upper + term_number) * (other_upper + term_number)
        / ((lower + term_number) * (term_number + 1)) as total
    from terms
    where term_number < 5000 and (term_number < 5 or abs(term) > 1e-13 * abs(total))
),

numbered_terms as (
    select
        *,
        row_number() over (
            partition by purpose, frequency, tenure_days, horizon_days
            order by term_number desc
        ) as reverse_term_number
    from terms
),

forecast as (
    select
        purpose,
        frequency,
        tenure_days,
        cast(horizon_days as bigint) as horizon_days,
        -- Null if the series has not converged, because a wrong number would go unnoticed.
        case
            when term_number < 5000
                then lower / upper * (1 - power(1 - argument, upper) * total)
        end as expected_purchases_if_alive
    from numbered_terms
    where reverse_term_number = 1
)

select * from forecast
