{#- The field holds something, but its typed column came out null. Stands before `missing`. -#}
{%- macro unreadable(field, kind, column=none, text=none) -%}
    {%- set text = text or '(_raw)."' ~ field ~ '"' -%}
    {{- return([
        (column or field) ~ ' is null and ' ~ text ~ " <> ''",
        field ~ ' is not a ' ~ kind
    ]) -}}
{%- endmacro -%}
