{#
    Amount per month of an amount that is due every `count` intervals (day, week, month or year); null if the interval is
    not one of these. A year has 12 months, 52 weeks and 365 days.
#}
{%- macro amount_per_month(amount, interval, count='1') -%}
    case {{ interval }}
        when 'day' then {{ average_amount('365 * ' ~ amount, '12 * ' ~ count) }}
        when 'week' then {{ average_amount('52 * ' ~ amount, '12 * ' ~ count) }}
        when 'month' then {{ average_amount(amount, count) }}
        when 'year' then {{ average_amount(amount, '12 * ' ~ count) }}
    end
{%- endmacro -%}
