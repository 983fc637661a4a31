{#
    Select of one staging model for the union in `int_journeys__timeline`. `columns` maps timeline columns to SQL
    expressions; all other columns are null.
#}
{% macro timeline(model, channel, record_id, event_name, occurred_at, columns={}) %}
    {%- set unknown = columns.keys() | reject('in', timeline_columns().keys()) | list -%}
    {%- if unknown -%}
        {{ exceptions.raise_compiler_error(
            "timeline('" ~ model ~ "'): no such timeline column: " ~ unknown | join(", ")
        ) }}
    {%- endif -%}
    select
        '{{ model }}' as source_model,
        cast({{ record_id }} as text) as record_id,
        '{{ channel }}' as channel,
        cast({{ event_name }} as text) as event_name,
        {%- for column, type in timeline_columns().items() %}
        cast({{ columns.get(column, 'null') }} as {{ type }}) as {{ column }},
        {%- endfor %}
        {{ occurred_at }} as occurred_at,
        _staged_batch
    from {{ ref(model) }}
{%- endmacro %}
