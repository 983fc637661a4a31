{#- Written so that every engine produces the same text. -#}
{%- macro original_text() -%}
    '{' || concat_ws(
        ',', null
        {%- for column in raw_columns() %},
        '{{ tojson(column) | replace("'", "''") }}:'
        || cast(to_json((_raw).{{ adapter.quote(column) }}) as text)
        {%- endfor %}
    ) || '}'
{%- endmacro -%}
