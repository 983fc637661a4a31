{%- macro normalise_email(column) -%}
    case when {{ is_email(trimmed(column)) }} then lower({{ trimmed(column) }}) end
{%- endmacro -%}
