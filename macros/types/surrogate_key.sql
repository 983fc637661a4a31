{#- Null where any part is null: a key made of nothing would make strangers equal. -#}
{%- macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        cast({{ column }} as text){{ " || '|' ||" if not loop.last }}
        {%- endfor %}
    )
{%- endmacro -%}
