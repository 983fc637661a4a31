{% macro street_number(address_line) -%}
    regexp_replace({{ address_line }}, '^[^0-9]*([0-9]*).*$', '\1')
{%- endmacro %}
