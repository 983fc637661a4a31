{%- macro rows_hash(columns) -%}
    {{- adapter.dispatch('rows_hash')(columns) -}}
{%- endmacro -%}

{%- macro duckdb__rows_hash(columns) -%}
    cast(sum(cast(hash({{ columns | join(', ') }}) >> 1 as bigint)) as text)
{%- endmacro -%}

{%- macro postgres__rows_hash(columns) -%}
    cast(sum(hashtextextended(concat_ws(chr(31), {{ columns | join(', ') }}), 0)) as text)
{%- endmacro -%}
