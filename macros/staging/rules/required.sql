{#- `unreadable` and `missing` for the same field. -#}
{%- macro required(field, kind, column=none, text=none) -%}
    {{- return([unreadable(field, kind, column, text), missing(field, column)]) -}}
{%- endmacro -%}
