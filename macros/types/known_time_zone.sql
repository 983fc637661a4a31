{#- Both engines raise an error for unknown names. -#}
{%- macro known_time_zone(column) -%}
    case when {{ column }} in ({{ adapter.dispatch('time_zone_names')() }}) then {{ column }} end
{%- endmacro -%}

{%- macro duckdb__time_zone_names() -%}
    select name from pg_timezone_names()
{%- endmacro -%}

{%- macro postgres__time_zone_names() -%}
    select name from pg_timezone_names
{%- endmacro -%}
