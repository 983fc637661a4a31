{# First letter of a given name, where there is no birth date to tell people apart by. #}
{% macro identity_initial(first_name, birth_date) -%}
    case when {{ birth_date }} is null then nullif(lower(substr(trim({{ first_name }}), 1, 1)), '') end
{%- endmacro %}
