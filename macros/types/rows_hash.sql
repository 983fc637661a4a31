{#
    Aggregate: what rows say in some columns, as a text that differs where they do, in whatever order they come.
    The columns may not be null.
#}
{%- macro rows_hash(columns) -%}
    {{- adapter.dispatch('rows_hash')(columns) -}}
{%- endmacro -%}

{%- macro duckdb__rows_hash(columns) -%}
    cast(sum(cast(hash({{ columns | join(', ') }}) >> 1 as bigint)) as text)
{%- endmacro -%}

{%- macro postgres__rows_hash(columns) -%}
    cast(sum(hashtextextended(concat_ws(chr(31), {{ columns | join(', ') }}), 0)) as text)
{%- endmacro -%}
