{#- Blanks that exports carry: space, tab, line ends, no-break space, zero-width space, byte order
    mark. Engines alone trim the space only. -#}
{%- macro blanks() -%}
    {{- " \t\n\r\u00a0\u200b\ufeff" -}}
{%- endmacro -%}
