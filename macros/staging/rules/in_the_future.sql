{#- One day of tolerance for differences between clocks. -#}
{%- macro in_the_future(field, column, received_column) -%}
    {{- return([
        column ~ ' > ' ~ received_column ~ " + interval '1 day'",
        field ~ ' is more than a day after ' ~ received_column
    ]) -}}
{%- endmacro -%}
