{# A name in lower case without blanks, hyphens, apostrophes, commas and full stops; null where nothing is left. #}
{% macro name_key(name) -%}
    nullif(regexp_replace(lower({{ name }}), '[\s.,''’-]+', '', 'g'), '')
{%- endmacro %}
