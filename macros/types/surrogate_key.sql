{#- Null if any part is null: a key of missing values would make unrelated rows equal. The parts are
    separated by the unit separator (character 31), which does not occur in exports. -#}
{%- macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        cast({{ column }} as text){{ " || chr(31) ||" if not loop.last }}
        {%- endfor %}
    )
{%- endmacro -%}
