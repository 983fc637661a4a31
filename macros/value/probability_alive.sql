{#
    The denominator of equation 10 in Fader, Hardie and Lee (2005). 1 after a single purchase,
    because in this model nobody drops out before the first repeat purchase. `fit` is a row of
    int_value__fits, whose time unit is the week.
#}
{% macro probability_alive(frequency, recency_days, tenure_days, fit) %}
    case
        when {{ fit }}.fit_id is null then null
        when {{ frequency }} = 0 then cast(1 as double precision)
        else
            1 / (
                1 + {{ fit }}.purchase_a / ({{ fit }}.purchase_b + {{ frequency }} - 1)
                -- Zero beyond e^600, where the power would overflow.
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
