{#- Space, tab, line breaks, no-break space, zero-width space and byte order mark, all of which
    occur in exports. By default, engines trim only the space. -#}
{%- macro blanks() -%}
    {{- " \t\n\r\u00a0\u200b\ufeff" -}}
{%- endmacro -%}
