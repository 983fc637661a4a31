{#- Null where any part is null: a key made of nothing would make strangers equal. The parts are held
    apart by the unit separator, which no export writes into a value. -#}
{%- macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        cast({{ column }} as text){{ " || chr(31) ||" if not loop.last }}
        {%- endfor %}
    )
{%- endmacro -%}
