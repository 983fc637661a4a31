{#
    Equation 5 of Fader and Hardie (2013), "The Gamma-Gamma model of monetary value". Null if the
    population mean is infinite.
#}
{% macro expected_purchase_amount(frequency, monetary_amount, fit) %}
    case
        when {{ fit }}.spend_p * {{ frequency }} + {{ fit }}.spend_q > 1
            then
                {{ fit }}.spend_p
                * (
                    {{ fit }}.spend_v
                    + {{ frequency }} * cast(
                        coalesce({{ monetary_amount }}, 0) as double precision
                    )
                )
                / ({{ fit }}.spend_p * {{ frequency }} + {{ fit }}.spend_q - 1)
    end
{%- endmacro %}
