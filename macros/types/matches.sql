{%- macro matches(column, pattern) -%}
    {{- value_matches(column, "'" ~ pattern | replace("'", "''") ~ "'") -}}
{%- endmacro -%}
