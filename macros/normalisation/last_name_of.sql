{#- Last name of a full name, which is what follows the last blank. -#}
{%- macro last_name_of(full_name) -%}
    regexp_replace({{ full_name }}, '^.* ', '')
{%- endmacro -%}
