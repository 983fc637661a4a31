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
    {{- rows_or_none(relation, columns) -}}
{% endmacro %}

{# The rows that an incremental model has stored, none in its first run. #}
{% macro stored_rows(columns) %}
    {{- rows_or_none(this if is_incremental() else none, columns) -}}
{% endmacro %}

{# Columns of a relation, or typed columns without rows where there is no relation. #}
{% macro rows_or_none(relation, columns) -%}
    select
        {%- for name, type in columns.items() %}
        {{ name if relation else 'cast(null as ' ~ type ~ ') as ' ~ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    {{ 'from ' ~ relation if relation else 'where 1 = 0' }}
{%- endmacro %}
