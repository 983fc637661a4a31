{# Whether an invoice still has to be paid; a status that is not known counts as open, so that somebody looks at it. #}
{% macro is_open_invoice(status) -%}
    {{ status }} not in ('draft', 'paid', 'void', 'uncollectible')
{%- endmacro %}
