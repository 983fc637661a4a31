{# Staging model of a numbered source. #}
{% macro source_model(source_number) -%}
    case {{ source_number }}
        {%- for source in graph_sources() %}
        when {{ source.number }} then '{{ source.model }}'
        {%- endfor %}
    end
{%- endmacro %}
