{#
    Probability that a customer will buy again, by BG/NBD: the denominator of equation 10 in Fader,
    Hardie and Lee (2005). 1 for who bought once, because the model lets nobody leave before the
    first repeat purchase. `fit` is a row of int_value__fits, whose time unit is the week.
#}
{% macro probability_alive(frequency, recency_days, tenure_days, fit) %}
    case
        when {{ fit }}.fit_id is null then null
        when {{ frequency }} = 0 then cast(1 as double precision)
        else
            1 / (
                1 + {{ fit }}.purchase_a / ({{ fit }}.purchase_b + {{ frequency }} - 1)
                -- Beyond e to the 600 it is zero, and a power would be out of range.
                * exp(least(
                    cast(600 as double precision),
                    ({{ fit }}.purchase_r + {{ frequency }}) * ln(
                        ({{ fit }}.purchase_alpha + {{ tenure_days }} / cast(7 as double precision))
                        / (
                            {{ fit }}.purchase_alpha
                            + {{ recency_days }} / cast(7 as double precision)
                        )
                    )
                ))
            )
    end
{%- endmacro %}
