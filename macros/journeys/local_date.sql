{# The calendar date that a UTC timestamp falls on in an IANA time zone (UTC where there is none). #}
{% macro local_date(timestamp, time_zone) %}
    cast({{ local_time(timestamp, time_zone) }} as date)
{%- endmacro %}
