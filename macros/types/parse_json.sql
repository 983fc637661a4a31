{%- macro parse_json(column) -%}
    {{- adapter.dispatch('parse_json')(column) -}}
{%- endmacro -%}

{%- macro duckdb__parse_json(column) -%}
    case when json_valid({{ column }}) then {{ column }} end
{%- endmacro -%}

{%- macro postgres__parse_json(column) -%}
    case when pg_input_is_valid({{ column }}, 'jsonb') then cast({{ column }} as jsonb) end
{%- endmacro -%}
