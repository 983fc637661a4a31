{# Query of the distinct values of all these columns. A missing value counts where the contract requires one. #}
{% macro outside_value_rows() %}
    {%- for contract, column, vocabulary in outside_columns() %}
    {%- set value = ('lower(' ~ column ~ ')') if vocabularies()[vocabulary].lower else column %}
    {{ 'union all' if not loop.first }}
    select
        connector,
        '{{ contract }}' as input_name,
        '{{ column }}' as column_name,
        '{{ vocabulary }}' as vocabulary,
        {{ value }} as value,
        count(*) as record_count,
        min(observed_at) as first_seen_at
    from {{ contract }}_inputs
    {%- if column ~ '!' not in input_contracts()[contract] %}
    where {{ column }} is not null
    {%- endif %}
    group by connector, {{ value }}
    {%- endfor %}
    {%- for source in connector_models('known_values') %}
    {%- for column in source.known_values %}
    union all
    select
        '{{ source.connector }}' as connector,
        '{{ source.model }}' as input_name,
        '{{ column }}' as column_name,
        '{{ source.model }}.{{ column }}' as vocabulary,
        {{ column }} as value,
        count(*) as record_count,
        min({{ source.observed_at }}) as first_seen_at
    from {{ ref(source.model) }}
    group by {{ column }}
    {%- endfor %}
    {%- endfor %}
{% endmacro %}

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
