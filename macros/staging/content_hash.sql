{#- Nulls are left out, so that adding a column does not change existing hashes. -#}
{%- macro content_hash() -%}
    md5(concat_ws(
        chr(31), ''
        {%- for column in base_columns() if not column.startswith('_') %},
        '{{ column }}=' || cast({{ column }} as text)
        {%- endfor %}
    ))
{%- endmacro -%}
