{% macro street_name(address_line) -%}
    regexp_replace({{ address_line }}, '[^ ]*[0-9][^ ]*', '', 'g')
{%- endmacro %}
