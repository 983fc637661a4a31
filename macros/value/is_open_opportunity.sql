{# Whether an opportunity is neither won nor lost; a status that is not known counts as open. #}
{% macro is_open_opportunity(status) -%}
    {{ status }} not in ('won', 'lost')
{%- endmacro %}
