{#- Blanks that exports carry: space, tab, line ends, no-break space, zero-width space, byte order mark. -#}
{%- macro trimmed(column) -%}
    nullif({{ adapter.dispatch('trim_characters')(
        column,
        "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(65279)"
    ) }}, '')
{%- endmacro -%}

{%- macro default__trim_characters(column, characters) -%}
    trim({{ column }}, {{ characters }})
{%- endmacro -%}

{%- macro postgres__trim_characters(column, characters) -%}
    btrim({{ column }}, {{ characters }})
{%- endmacro -%}
