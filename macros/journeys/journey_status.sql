{# Status of a journey, from the deadline for attributing an order (`open_until`; null if the journey converted). #}
{% macro journey_status(open_until, now) %}
    case
        when {{ open_until }} is null then 'converted'
        when {{ open_until }} > {{ now }} then 'open'
        else 'lost'
    end
{%- endmacro %}
