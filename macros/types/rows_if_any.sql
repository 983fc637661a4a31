{#
    Such a table is neither a source nor a node of dbt, because activation or `make fit` creates it
    on first use. During compilation there are no rows either.
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
