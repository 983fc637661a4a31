{# Whether a guard withholds a link of the graph's state. Attributes (guard 6) only count, and are no links. #}
{% macro is_withheld_link(links) -%}
    ({{ links }}.guard not in (0, 6) or {{ links }}.cut <> 0)
{%- endmacro %}
