{# How a journey stands by when an order may follow it no longer, which is null where one has. #}
{% macro journey_status(open_until, now) %}
    case
        when {{ open_until }} is null then 'converted'
        when {{ open_until }} > {{ now }} then 'open'
        else 'lost'
    end
{%- endmacro %}
