{%- macro json_text(column, path) -%}
    {{- adapter.dispatch('json_text')(column, path) -}}
{%- endmacro -%}

{%- macro duckdb__json_text(column, path) -%}
    json_extract_string({{ column }}, '$."{{ path | join('"."') }}"')
{%- endmacro -%}

{%- macro postgres__json_text(column, path) -%}
    {{ column }} #>> '{{ "{" ~ path | join(",") ~ "}" }}'
{%- endmacro -%}
