{%- macro negative(field, column=none) -%}
    {{- return([(column or field) ~ ' < 0', field ~ ' is negative']) -}}
{%- endmacro -%}
