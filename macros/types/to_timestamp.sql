{%- macro to_timestamp(column) -%}
    {{- adapter.dispatch('to_timestamp')(
        column,
        timestamp_pattern('(Z|[+-](0[0-9]|1[0-4])(:[0-5][0-9])?)'),
        timestamp_pattern(' ?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)'),
        timestamp_pattern('')
    ) -}}
{%- endmacro -%}

{#- DuckDB accepts no space before an offset and requires a colon in it. -#}
{%- macro duckdb__to_timestamp(column, zoned, loosely_zoned, local) -%}
    {%- set offset = "'([+-][0-9]{2})([0-9]{2})$', '\\1:\\2'" -%}
    {%- set with_colon = "regexp_replace(" ~ column ~ ", " ~ offset ~ ")" -%}
    case
        when regexp_matches({{ column }}, '{{ zoned }}')
            then try_cast({{ column }} as timestamptz) at time zone 'UTC'
        when regexp_matches({{ column }}, '{{ local }}') then try_cast({{ column }} as timestamp)
        when regexp_matches({{ column }}, '{{ loosely_zoned }}')
            then try_cast(
                regexp_replace({{ with_colon }}, ' ([Z+-][0-9:]*)$', '\1') as timestamptz
            ) at time zone 'UTC'
    end
{%- endmacro -%}

{#- DuckDB cuts after the sixth decimal and PostgreSQL rounds, so cut first. -#}
{%- macro postgres__to_timestamp(column, zoned, loosely_zoned, local) -%}
    {%- set cut = "regexp_replace(" ~ column ~ ", '([.][0-9]{6})[0-9]+', '\\1')" -%}
    case
        when {{ column }} ~ '{{ loosely_zoned }}' and pg_input_is_valid({{ column }}, 'timestamptz')
            then cast({{ cut }} as timestamptz) at time zone 'UTC'
        when {{ column }} ~ '{{ local }}' and pg_input_is_valid({{ column }}, 'timestamp')
            then cast({{ cut }} as timestamp)
    end
{%- endmacro -%}
