{#- The field has a value, but its typed column is null. Must come before `missing`. -#}
{%- macro unreadable(field, kind, column=none, text=none) -%}
    {%- set text = text or '(_raw)."' ~ field ~ '"' -%}
    {{- return([
        (column or field) ~ ' is null and ' ~ text ~ " <> ''",
        field ~ ' is not a ' ~ kind
    ]) -}}
{%- endmacro -%}
