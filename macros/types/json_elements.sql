{%- macro json_elements(column, path) -%}
    {{- adapter.dispatch('json_elements')(column, path) -}}
{%- endmacro -%}

{%- macro duckdb__json_elements(column, path) -%}
    {%- set elements = "json_extract(" ~ column ~ ", '$.\"" ~ path | join('"."') ~ "\"[*]')" -%}
    unnest({{ elements }}) as element,
        generate_subscripts({{ elements }}, 1) as element_number
{%- endmacro -%}

{%- macro postgres__json_elements(column, path) -%}
    {%- set field = column ~ " #> '{" ~ path | join(',') ~ "}'" -%}
    {%- set elements = "case when jsonb_typeof(" ~ field ~ ") = 'array' then " ~ field ~ " end" -%}
    jsonb_array_elements({{ elements }}) as element,
        generate_series(1, jsonb_array_length({{ elements }})) as element_number
{%- endmacro -%}
