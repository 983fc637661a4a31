{#
    Query that unites what the connectors that are on bring for a contract. A connector that lacks an optional column
    contributes nulls; one that lacks a required column, or maps an unknown one, stops with an error.
#}
{% macro input_rows(contract) %}
    {%- set columns = contract_columns(contract) -%}
    {%- for source in connector_models(contract) %}
    {{ input_rows_of(source, contract, columns, mapped_columns(source, contract, columns)) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- else %}
    select
        cast(null as text) as connector,
        cast(null as text) as source_model,
        cast(null as text) as record_id,
        cast(null as text) as channel,
        {%- for column, type in columns.items() %}
        cast(null as {{ type }}) as {{ column }},
        {%- endfor %}
        cast(null as timestamp) as observed_at,
        cast(null as bigint) as _staged_batch
    where 1 = 0
    {%- endfor %}
{%- endmacro %}

{# SQL expression per column of the contract that the connector maps. #}
{% macro mapped_columns(source, contract, columns) %}
    {% set mapping = source[contract] %}
    {% set options = ['same', 'where', 'version_of', 'is_deleted', 'grouped', 'observed_at'] | reject('in', columns) | list %}
    {% set mapped = {} %}
    {% for column in mapping.get('same', []) %}{% do mapped.update({column: column}) %}{% endfor %}
    {% for column, expression in mapping.items() if column not in options %}
        {% do mapped.update({column: expression}) %}
    {% endfor %}
    {% set where = 'macros/connectors/connector_' ~ source.connector ~ '.sql: ' ~ source.model ~ ', contract ' ~ contract %}
    {% for column in mapped if column not in columns %}
        {{ exceptions.raise_compiler_error(
            where ~ ': there is no column ' ~ column ~ ' in the contract. Remove it, or use one of: '
            ~ columns | join(', ') ~ '.'
        ) }}
    {% endfor %}
    {% for column in input_contracts()[contract] if column.endswith('!') and column[:-1] not in mapped %}
        {{ exceptions.raise_compiler_error(
            where ~ ': the required column ' ~ column[:-1] ~ ' is not mapped. Map it to an SQL expression over '
            ~ source.model ~ '.'
        ) }}
    {% endfor %}
    {% if 'event_name' in mapped and contract == 'events' %}
        {% do mapped.update({'event_name': counted_order_event("'" ~ source.connector ~ "'", mapped.event_name)}) %}
    {% endif %}
    {% do return(mapped) %}
{% endmacro %}

{#
    Rows of one staging model. With `version_of`, only the newest version of each record as of `as_of()`, and none if
    that version `is_deleted`. With `grouped`, one row per combination of values, at the time of the last.
#}
{% macro input_rows_of(source, contract, columns, mapped) -%}
    {%- set mapping = source[contract] -%}
    {%- set observed_at = mapping.observed_at or source.get('observed_at', 'cast(null as timestamp)') -%}
    select
        '{{ source.connector }}' as connector,
        '{{ source.model }}' as source_model,
        {{ 'min(cast(' ~ source.record_id ~ ' as text))' if mapping.grouped else 'cast(' ~ source.record_id ~ ' as text)' }} as record_id,
        '{{ source.channel }}' as channel,
        {%- for column, type in columns.items() %}
        {{ 'cast(' ~ mapped.get(column, 'null') ~ ' as ' ~ type ~ ')' }} as {{ column }},
        {%- endfor %}
        {{ 'max(' ~ observed_at ~ ')' if mapping.grouped else observed_at }} as observed_at,
        {{ 'max(_staged_batch)' if mapping.grouped else '_staged_batch' }} as _staged_batch
    from {{ ref(source.model) }}
    {%- if mapping.version_of %}
    where {{ source.record_id }} in (
        select versions.record_id
        from (
            select
                {{ source.record_id }} as record_id,
                {{ mapping.get('is_deleted', 'false') }} as is_deleted,
                row_number() over (
                    partition by {{ mapping.version_of }} order by {{ observed_at }} desc, {{ source.record_id }}
                ) as version_number
            from {{ ref(source.model) }}
            where {{ observed_at }} <= {{ as_of() }}
        ) as versions
        where versions.version_number = 1 and not coalesce(versions.is_deleted, false)
    )
    {%- elif mapping.where %}
    where ({{ mapping.where }})
    {%- endif %}
    {%- if mapping.grouped %}
        and {{ observed_at }} <= {{ as_of() }}
    group by {{ mapped.values() | join(', ') }}
    {%- endif %}
{%- endmacro %}
