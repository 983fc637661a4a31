{%- macro landed_columns() -%}
    _load_id, _file, _row_number, _loaded_at, _raw
{%- endmacro -%}
