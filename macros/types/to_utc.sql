{%- macro to_utc(timestamp, zone) -%}
    ({{ timestamp }} at time zone {{ zone }}) at time zone 'UTC'
{%- endmacro -%}
