{%- macro is_email(column) -%}
    (length({{ column }}) <= 254 and {{ matches(column, '^' ~ email_pattern() ~ '$') }})
{%- endmacro -%}
