{#- No 'NaN', 'Infinity', '1_000' or '0x1F', which one engine or the other would take. -#}
{%- macro to_number(column, type='numeric(18, 2)') -%}
    {{- adapter.dispatch('to_number')(
        column, type, '^[+-]?[0-9]{1,16}([.][0-9]{1,20})?([eE][+-]?[0-9]{1,2})?$'
    ) -}}
{%- endmacro -%}

{%- macro duckdb__to_number(column, type, pattern) -%}
    case
        when regexp_matches({{ column }}, '{{ pattern }}') then try_cast({{ column }} as {{ type }})
    end
{%- endmacro -%}

{%- macro postgres__to_number(column, type, pattern) -%}
    case
        when {{ column }} ~ '{{ pattern }}' and pg_input_is_valid({{ column }}, '{{ type }}')
            then cast({{ column }} as {{ type }})
    end
{%- endmacro -%}
