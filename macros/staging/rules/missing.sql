{#- A rule is [condition that breaks it, reason]. The reason names the source's field and never its
    value, which may be personal. -#}
{%- macro missing(field, column=none) -%}
    {{- return([(column or field) ~ ' is null', field ~ ' is missing']) -}}
{%- endmacro -%}
