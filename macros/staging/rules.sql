{#- Rules of a contract: [condition that breaks it, reason]. The reason names the source's field and
    never its value, which may be personal. -#}
{%- macro missing(field, column=none) -%}
    {{- return([(column or field) ~ ' is null', field ~ ' is missing']) -}}
{%- endmacro -%}

{#- The field holds something, but its typed column came out null. Stands before `missing`. -#}
{%- macro unreadable(field, kind, column=none, text=none) -%}
    {%- set text = text or '(_raw)."' ~ field ~ '"' -%}
    {{- return([
        (column or field) ~ ' is null and ' ~ text ~ " <> ''",
        field ~ ' is not a ' ~ kind
    ]) -}}
{%- endmacro -%}

{%- macro negative(field, column=none) -%}
    {{- return([(column or field) ~ ' < 0', field ~ ' is negative']) -}}
{%- endmacro -%}

{#- What happened cannot have been received before it did; a day is left for clocks that differ. -#}
{%- macro in_the_future(field, column, received_column) -%}
    {{- return([
        column ~ ' > ' ~ received_column ~ " + interval '1 day'",
        field ~ ' is more than a day after ' ~ received_column
    ]) -}}
{%- endmacro -%}
