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
    `row_locator` beside the table's columns, or beside those that are asked for. By it graph_delete finds them again.
#}
{% macro graph_take(taken, name, column, keys, columns=none, condition='') %}
    {% do adapter.dispatch('graph_take')(
        taken, name, (columns or graph_state_columns()[name].keys()) | join(', '),
        column ~ ' in (' ~ keys ~ ')' ~ (' and ' ~ condition if condition else '')
    ) %}
{% endmacro %}

{# Only the keys of a large table are read, and then the few rows: joined at once, all columns would be. #}
{% macro default__graph_take(taken, name, columns, condition) %}
    {% do run_statement(
        'create or replace temporary table ig_rows as select rowid as row_locator from ' ~ graph_table(name)
        ~ ' where ' ~ condition ~ ';'
        ~ ' create or replace temporary table ' ~ taken ~ ' as select ' ~ columns ~ ', rowid as row_locator from '
        ~ graph_table(name) ~ ' where rowid in (select row_locator from ig_rows)'
    ) %}
{% endmacro %}

{% macro postgres__graph_take(taken, name, columns, condition) %}
    {% do replace_temp_table(taken,
        'select ' ~ columns ~ ', ctid as row_locator from ' ~ graph_table(name) ~ ' where ' ~ condition
    ) %}
{% endmacro %}

{# Deletes the rows that a query of row_locator names. #}
{% macro graph_delete(name, locators) %}
    {% do run_statement('delete from ' ~ graph_table(name) ~ ' as located where ' ~ graph_is_located('located', locators)) %}
{% endmacro %}

{# Condition that a query of row_locator names a row; PostgreSQL does not read the table for it. #}
{% macro graph_is_located(relation, locators) %}
    {{- adapter.dispatch('graph_is_located')(relation, locators) -}}
{% endmacro %}

{% macro default__graph_is_located(relation, locators) -%}
    {{ relation }}.rowid in ({{ locators }})
{%- endmacro %}

{% macro postgres__graph_is_located(relation, locators) -%}
    {{ relation }}.ctid = any (array({{ locators }}))
{%- endmacro %}
