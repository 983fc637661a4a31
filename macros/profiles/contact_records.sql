{#
    Select of one source for the union in `int_profiles__contact_records`. `columns` lists the columns of
    `contact_columns` that the relation has; the others are null.
#}
{% macro contact_records(relation, source_model, record_id, observed_at, columns) %}
    {%- set unknown = columns | reject('in', contact_columns().keys()) | list -%}
    {%- if unknown -%}
        {{ exceptions.raise_compiler_error(
            "contact_records('" ~ source_model ~ "'): no such column: " ~ unknown | join(", ")
        ) }}
    {%- endif -%}
    select
        '{{ source_model }}' as source_model,
        cast({{ record_id }} as text) as record_id,
        {%- for column, type in contact_columns().items() %}
        {% if column in columns %}{{ column }}{% else %}cast(null as {{ type }}){% endif %} as {{ column }},
        {%- endfor %}
        {{ observed_at }} as observed_at
    from {{ relation }}
{%- endmacro %}
