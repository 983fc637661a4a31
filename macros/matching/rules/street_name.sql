{# What an address line holds besides words with digits: the street without its number. #}
{% macro street_name(address_line) -%}
    regexp_replace({{ address_line }}, '[^ ]*[0-9][^ ]*', '', 'g')
{%- endmacro %}
