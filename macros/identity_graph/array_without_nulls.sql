{# Array of those expressions that are not null, in their order. #}
{% macro array_without_nulls(expressions) %}
    {{- adapter.dispatch('array_without_nulls')(expressions) -}}
{% endmacro %}

{% macro duckdb__array_without_nulls(expressions) -%}
    list_filter([{{ expressions | join(', ') }}], lambda element: element is not null)
{%- endmacro %}

{% macro postgres__array_without_nulls(expressions) -%}
    array_remove(array[{{ expressions | join(', ') }}], null)
{%- endmacro %}
