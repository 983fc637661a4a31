{%- macro normalise_email(column) -%}
    {%- set padding = '[' ~ blanks() ~ ']*' -%}
    case
        when
            length({{ column }}) <= 254
            and {{ matches(column, '^' ~ padding ~ email_pattern() ~ padding ~ '$') }}
            then lower({{ trimmed(column) }})
    end
{%- endmacro -%}
