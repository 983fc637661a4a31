{#
    Select list with one column for each identifier type in use: the source's expression, or null
    where the source has no such identifier.
#}
{% macro identifier_columns(identifiers) %}
    {%- for identifier_type in identifier_types_used() %}
        cast({{ identifiers.get(identifier_type, 'null') }} as text) as {{ identifier_type }}_value
        {{- "," if not loop.last }}
    {%- endfor %}
{% endmacro %}
