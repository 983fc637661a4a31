{# Names of the columns that `identifier_columns` makes. #}
{% macro identifier_value_columns() %}
    {% set columns = [] %}
    {% for identifier_type in identifier_types_used() %}
        {% do columns.append(identifier_type ~ '_value') %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}
