{# Creates or replaces a temporary table, which disappears with the session. #}
{% macro replace_temp_table(name, query) %}
    {% do adapter.dispatch('replace_temp_table', 'customer_data_platform')(name, query) %}
{% endmacro %}

{% macro default__replace_temp_table(name, query) %}
    {% do run_statement('create or replace temporary table ' ~ name ~ ' as ' ~ query) %}
{% endmacro %}

{% macro postgres__replace_temp_table(name, query) %}
    {% do run_statement(
        'drop table if exists pg_temp.' ~ name ~ '; create temporary table ' ~ name ~ ' as ' ~ query
        ~ '; analyze ' ~ name
    ) %}
{% endmacro %}
