{# (Re)creates a table of this session only: nothing of it outlives the run, not even a crash. #}
{% macro replace_temp_table(name, query) %}
    {% do adapter.dispatch('replace_temp_table', 'customer_data_platform')(name, query) %}
{% endmacro %}

{% macro default__replace_temp_table(name, query) %}
    {% do run_query('create or replace temporary table ' ~ name ~ ' as ' ~ query) %}
{% endmacro %}

{% macro postgres__replace_temp_table(name, query) %}
    {% do run_query('drop table if exists pg_temp.' ~ name) %}
    {% do run_query('create temporary table ' ~ name ~ ' as ' ~ query) %}
    {% do run_query('analyze ' ~ name) %}
{% endmacro %}
