{#- What a record says: nulls are left out, so that a column added later changes no hash. -#}
{%- macro content_hash() -%}
    md5(concat_ws(
        chr(31), ''
        {%- for column in base_columns() if not column.startswith('_') %},
        '{{ column }}=' || cast({{ column }} as text)
        {%- endfor %}
    ))
{%- endmacro -%}
