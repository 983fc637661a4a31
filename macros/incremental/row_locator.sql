{# Physical address of a row; valid within a transaction that has not changed the row. #}
{% macro row_locator() %}
    {{- adapter.dispatch('row_locator')() -}}
{% endmacro %}

{% macro default__row_locator() -%}
    rowid
{%- endmacro %}

{% macro postgres__row_locator() -%}
    ctid
{%- endmacro %}
