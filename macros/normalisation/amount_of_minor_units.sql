{#
    Amount of a whole number in the smallest unit of its currency, as payment providers write it: 12000 EUR are 120.00.
    Stripe keeps two decimals for ISK, HUF, TWD and UGX (https://docs.stripe.com/currencies#special-cases).
#}
{%- macro amount_of_minor_units(number, currency) -%}
    cast(
        {{ number }} * case
            when
                upper({{ currency }}) in (
                    'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF',
                    'XOF', 'XPF'
                )
                then 1
            when upper({{ currency }}) in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then 0.001
            else 0.01
        end as numeric(18, 2)
    )
{%- endmacro -%}
