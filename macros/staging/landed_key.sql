{%- macro landed_key() -%}
    _load_id || ':' || cast(_row_number as text)
{%- endmacro -%}
