{%- macro parse_json(column) -%}
    {{- adapter.dispatch('parse_json')(column) -}}
{%- endmacro -%}

{%- macro duckdb__parse_json(column) -%}
    case when json_valid({{ column }}) then {{ column }} end
{%- endmacro -%}

{#- DuckDB also accepts NaN, Infinity and trailing commas, which are not valid JSON. -#}
{%- macro postgres__parse_json(column) -%}
    {%- set mended = "regexp_replace(regexp_replace(" ~ column
        ~ ", '([:,[]\\s*)(-?(nan|inf|infinity))(?=\\s*[],}])', '\\1\"\\2\"', 'gi')"
        ~ ", ',(?=\\s*[]}])', '', 'g')" -%}
    case
        when pg_input_is_valid({{ column }}, 'jsonb') then cast({{ column }} as jsonb)
        when pg_input_is_valid({{ mended }}, 'jsonb') then cast({{ mended }} as jsonb)
    end
{%- endmacro -%}
