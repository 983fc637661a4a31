{#- 12 to 13 digits: years 1973 to 2286. Excludes values in seconds, which would become January
    1970. -#}
{%- macro epoch_milliseconds_to_timestamp(column) -%}
    case
        when {{ matches(column, '^[0-9]{12,13}$') }}
            then {{ adapter.dispatch('epoch_milliseconds')(column) }}
    end
{%- endmacro -%}

{%- macro duckdb__epoch_milliseconds(column) -%}
    make_timestamp(cast({{ column }} as bigint) * 1000)
{%- endmacro -%}

{%- macro postgres__epoch_milliseconds(column) -%}
    timestamp '1970-01-01 00:00:00' + cast({{ column }} as bigint) * interval '1 millisecond'
{%- endmacro -%}
