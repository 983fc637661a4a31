{# Whether a link is filtered or pruned. Attribute links only count for limits. #}
{% macro is_inactive_link(links) -%}
    {{ links }}.status not in ('active', 'attribute')
{%- endmacro %}
