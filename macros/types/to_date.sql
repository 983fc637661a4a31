{%- macro to_date(column) -%}
    {{- adapter.dispatch('to_date')(
        column, '^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
    ) -}}
{%- endmacro -%}

{%- macro duckdb__to_date(column, pattern) -%}
    case when regexp_matches({{ column }}, '{{ pattern }}') then try_cast({{ column }} as date) end
{%- endmacro -%}

{%- macro postgres__to_date(column, pattern) -%}
    case
        when {{ column }} ~ '{{ pattern }}' and pg_input_is_valid({{ column }}, 'date')
            then cast({{ column }} as date)
    end
{%- endmacro -%}
