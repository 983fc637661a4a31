{#
    Query of a table that is no source or node of dbt, since others make it when they first need it; without
    rows before that, and while it is compiled only. `columns` maps the names that are read to their types.
#}
{% macro rows_if_any(schema, identifier, columns, database=none) %}
    {%- set relation = none -%}
    {%- if execute -%}
        {%- set relation = adapter.get_relation(
            database=database or target.database, schema=schema, identifier=identifier
        ) -%}
    {%- endif -%}
    select
        {%- for name, type in columns.items() %}
        {{ name if relation else 'cast(null as ' ~ type ~ ') as ' ~ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {%- if relation %}
    from {{ relation }}
    {%- else %}
    where 1 = 0
    {%- endif -%}
{% endmacro %}
