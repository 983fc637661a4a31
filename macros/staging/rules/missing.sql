{#- A rule is a pair of the condition that violates it and the reason. The reason names the source
    field but never its value, which may be personal. -#}
{%- macro missing(field, column=none) -%}
    {{- return([(column or field) ~ ' is null', field ~ ' is missing']) -}}
{%- endmacro -%}
