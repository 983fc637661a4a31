{# How many sources a mask of sources names. #}
{% macro source_count(mask) %}
    {{- adapter.dispatch('source_count')(mask) -}}
{% endmacro %}

{% macro default__source_count(mask) -%}
    cast(bit_count({{ mask }}) as bigint)
{%- endmacro %}

{% macro postgres__source_count(mask) -%}
    bit_count(cast({{ mask }} as bit(64)))
{%- endmacro %}
