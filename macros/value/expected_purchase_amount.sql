{#
    Equation 5 of Fader and Hardie (2013), "The Gamma-Gamma model of monetary value". Null if the
    population mean is infinite. Purchases without a known amount say nothing about the next one.
#}
{% macro expected_purchase_amount(frequency, monetary_amount, fit) %}
    {%- set frequency = '(case when ' ~ monetary_amount ~ ' is null then 0 else ' ~ frequency ~ ' end)' %}
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
