{# Query of the values of all vocabularies. #}
{% macro vocabulary_rows() %}
    {%- for name, vocabulary in vocabularies().items() %}
    {{ 'union all' if not loop.first }}
    {%- for model_name, column in vocabulary.get('of', []) %}
    {{ 'union all' if not loop.first }}
    select distinct
        '{{ name }}' as vocabulary,
        {{ column }} as value
    from {{ ref(model_name) }}
    {%- else %}
    {{ rows_of_vocabulary(name, vocabulary['values']) }}
    {%- endfor %}
    {%- endfor %}
    {%- for source in connector_models('known_values') %}
    {%- for column, listed in source.known_values.items() %}
    union all
    {{ rows_of_vocabulary(source.model ~ '.' ~ column, listed) }}
    {%- endfor %}
    {%- endfor %}
{% endmacro %}

{% macro rows_of_vocabulary(name, listed) -%}
    select
        '{{ name }}' as vocabulary,
        listed.value
    from (values ('{{ listed | join("'), ('") }}')) as listed (value)
{%- endmacro %}

{# SQL of the remedy by vocabulary. #}
{% macro remedy_of(vocabulary) %}
    case {{ vocabulary }}
        {%- for name, entry in vocabularies().items() %}
        when '{{ name }}' then '{{ entry.remedy }}'
        {%- endfor %}
        else 'Add the value to known_values of the connector in macros/connectors, once its models read it.'
    end
{%- endmacro %}
