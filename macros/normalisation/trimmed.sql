{#- Blanks that exports carry: space, tab, line ends, no-break space, zero-width space, byte order
    mark. Engines alone trim the space only. -#}
{%- macro blanks() -%}
    {{- " \t\n\r\u00a0\u200b\ufeff" -}}
{%- endmacro -%}

{%- macro trimmed(column) -%}
    {{- adapter.dispatch('trimmed')(column) -}}
{%- endmacro -%}

{#- Trimming a set of characters takes ten times as long as seeing that there is nothing to trim. -#}
{%- macro duckdb__trimmed(column) -%}
    case
        when regexp_matches({{ column }}, '^[!-~](.*[!-~])?$') then {{ column }}
        else nullif(trim({{ column }}, '{{ blanks() }}'), '')
    end
{%- endmacro -%}

{%- macro postgres__trimmed(column) -%}
    nullif(btrim({{ column }}, '{{ blanks() }}'), '')
{%- endmacro -%}
