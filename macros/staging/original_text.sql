{#- The raw row as a JSON object without its nulls, in the same text on every engine. -#}
{%- macro original_text() -%}
    '{' || concat_ws(
        ',', null
        {%- for column in raw_columns() %},
        '{{ tojson(column) | replace("'", "''") }}:'
        || cast(to_json((_raw).{{ adapter.quote(column) }}) as text)
        {%- endfor %}
    ) || '}'
{%- endmacro -%}
