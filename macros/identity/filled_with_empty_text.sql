{# Expressions that read a missing value as empty text, for a key over columns that may be null. #}
{% macro filled_with_empty_text(columns) %}
    {% set expressions = [] %}
    {% for column in columns %}
        {% do expressions.append("coalesce(" ~ column ~ ", '')") %}
    {% endfor %}
    {% do return(expressions) %}
{% endmacro %}
