{# A table of the graph's state, beside the graph's own; outside it `graph` is ref('identity_graph'). #}
{% macro graph_table(name, graph=this) %}
    {% do return(graph.incorporate(path={'identifier': 'identity_graph__' ~ name}, type='table')) %}
{% endmacro %}

{# Adds rows to a table of the state; the query's columns are the table's, in the order of graph_state_columns. #}
{% macro graph_insert(name, query) %}
    {% do run_statement(graph_insert_statement(name, query)) %}
{% endmacro %}

{% macro graph_insert_statement(name, query) %}
    {% do return(
        'insert into ' ~ graph_table(name) ~ ' (' ~ graph_state_columns()[name].keys() | join(', ') ~ ') ' ~ query
    ) %}
{% endmacro %}

{#
    Rows of a table of the state by a column that holds one of the keys of a query, as table `taken` with
    `row_locator` beside the table's columns, by which graph_delete finds them again.
#}
{% macro graph_take(taken, name, column, keys) %}
    {% do adapter.dispatch('graph_take')(taken, name, column, keys) %}
{% endmacro %}

{# Only the keys of a large table are read, and then the few rows: joined at once, all columns would be. #}
{% macro default__graph_take(taken, name, column, keys) %}
    {% set columns = graph_state_columns()[name].keys() | join(', ') %}
    {% do run_statement(
        'create or replace temporary table ig_rows as select rowid as row_locator from ' ~ graph_table(name)
        ~ ' where ' ~ column ~ ' in (' ~ keys ~ ');'
        ~ ' create or replace temporary table ' ~ taken ~ ' as select ' ~ columns ~ ', rowid as row_locator from '
        ~ graph_table(name) ~ ' where rowid in (select row_locator from ig_rows)'
    ) %}
{% endmacro %}

{% macro postgres__graph_take(taken, name, column, keys) %}
    {% set columns = graph_state_columns()[name].keys() | join(', ') %}
    {% do replace_temp_table(taken,
        'select ' ~ columns ~ ', ctid as row_locator from ' ~ graph_table(name)
        ~ ' where ' ~ column ~ ' in (' ~ keys ~ ')'
    ) %}
{% endmacro %}

{# Deletes the rows that a query of row_locator names. #}
{% macro graph_delete(name, locators) %}
    {% do adapter.dispatch('graph_delete')(name, locators) %}
{% endmacro %}

{% macro default__graph_delete(name, locators) %}
    {% do run_statement('delete from ' ~ graph_table(name) ~ ' where rowid in (' ~ locators ~ ')') %}
{% endmacro %}

{% macro postgres__graph_delete(name, locators) %}
    {% do run_statement('delete from ' ~ graph_table(name) ~ ' where ctid = any (array(' ~ locators ~ '))') %}
{% endmacro %}
