{# Replaces a table by the result of a query, atomically. #}
{% macro replace_table(relation, query) %}
    {% do adapter.dispatch('replace_table', 'customer_data_platform')(relation, query) %}
{% endmacro %}

{% macro default__replace_table(relation, query) %}
    {% do run_query('create or replace table ' ~ relation ~ ' as ' ~ query) %}
{% endmacro %}

{# Runs within dbt's open transaction, so that readers see the old rows until the commit. #}
{% macro postgres__replace_table(relation, query) %}
    {% do run_query('drop table if exists ' ~ relation ~ ' cascade') %}
    {% do run_query('create table ' ~ relation ~ ' as ' ~ query) %}
{% endmacro %}
