{# The identifier types that any source of `identity_sources` delivers, in the order of the alphabet. #}
{% macro identifier_types_used() %}
    {% set types = [] %}
    {% for source in identity_sources() %}
        {% for identifier_type in source.identifiers if identifier_type not in types %}
            {% do types.append(identifier_type) %}
        {% endfor %}
    {% endfor %}
    {% do return(types | sort) %}
{% endmacro %}
