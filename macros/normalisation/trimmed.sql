{%- macro trimmed(column) -%}
    {{- adapter.dispatch('trimmed')(column) -}}
{%- endmacro -%}

{#- Trimming a set of characters takes ten times as long as seeing that there is none of them. -#}
{%- macro duckdb__trimmed(column) -%}
    case
        when regexp_matches({{ column }}, '^[!-~](.*[!-~])?$') then {{ column }}
        else nullif(trim({{ column }}, '{{ blanks() }}'), '')
    end
{%- endmacro -%}

{%- macro postgres__trimmed(column) -%}
    nullif(btrim({{ column }}, '{{ blanks() }}'), '')
{%- endmacro -%}
