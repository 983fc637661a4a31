{# Local date of a UTC timestamp in an IANA time zone; a null time zone counts as UTC. #}
{% macro local_date(timestamp, time_zone) %}
    cast({{ local_time(timestamp, time_zone) }} as date)
{%- endmacro %}
