{#- Excludes 'NaN', 'Infinity', '1_000' and '0x1F', which some engines accept. -#}
{%- macro to_number(column, type='numeric(18, 2)') -%}
    {%- set digits = '^[+-]?[0-9]{1,16}([.][0-9]{1,20})?' -%}
    {{- adapter.dispatch('to_number')(
        column, type, digits ~ '$', digits ~ '[eE][+-]?[0-9]{1,2}$'
    ) -}}
{%- endmacro -%}

{#- DuckDB applies the exponent after rounding to the type, so cast to a wider type first. -#}
{%- macro duckdb__to_number(column, type, plain, scientific) -%}
    case
        when regexp_matches({{ column }}, '{{ plain }}') then try_cast({{ column }} as {{ type }})
        when regexp_matches({{ column }}, '{{ scientific }}')
            then try_cast(try_cast({{ column }} as numeric(38, 20)) as {{ type }})
    end
{%- endmacro -%}

{%- macro postgres__to_number(column, type, plain, scientific) -%}
    case
        when
            ({{ column }} ~ '{{ plain }}' or {{ column }} ~ '{{ scientific }}')
            and pg_input_is_valid({{ column }}, '{{ type }}')
            then cast({{ column }} as {{ type }})
    end
{%- endmacro -%}
