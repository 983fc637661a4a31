{# Relation of a table of the state. Outside of the materialization, `graph` is ref('identity_graph'). #}
{% macro graph_table(name, graph=this) %}
    {% do return(graph.incorporate(path={'identifier': 'identity_graph__' ~ name}, type='table')) %}
{% endmacro %}

{# Inserts into a table of the state; columns in the order of graph_state_columns. #}
{% macro graph_insert(name, query) %}
    {% do run_statement(
        'insert into ' ~ graph_table(name) ~ ' (' ~ graph_state_columns()[name].keys() | join(', ') ~ ') ' ~ query
    ) %}
{% endmacro %}

{#
    Copies rows of a table of the state into temporary table `taken`: those whose `column` is among the keys that a
    query returns. Column row_locator lets graph_delete find them again.
#}
{% macro graph_take(taken, name, column, keys, columns=none, condition='') %}
    {% do adapter.dispatch('graph_take')(
        taken, name, (columns or graph_state_columns()[name].keys()) | join(', '),
        column ~ ' in (' ~ keys ~ ')' ~ (' and ' ~ condition if condition else '')
    ) %}
{% endmacro %}

{# Reads the key column first, and the other columns of the few matching rows only. #}
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

{# Deletes the rows that a query of row_locator returns. #}
{% macro graph_delete(name, locators) %}
    {% do run_statement('delete from ' ~ graph_table(name) ~ ' as located where ' ~ graph_is_located('located', locators)) %}
{% endmacro %}

{# Condition that a row is among those of a query of row_locator. PostgreSQL then reads only these rows. #}
{% macro graph_is_located(relation, locators) %}
    {{- adapter.dispatch('graph_is_located')(relation, locators) -}}
{% endmacro %}

{% macro default__graph_is_located(relation, locators) -%}
    {{ relation }}.rowid in ({{ locators }})
{%- endmacro %}

{% macro postgres__graph_is_located(relation, locators) -%}
    {{ relation }}.ctid = any (array({{ locators }}))
{%- endmacro %}

{# Block that makes a temporary table of its query: {% call graph_temp_table('ig_…') %} select … {% endcall %}. #}
{% macro graph_temp_table(name) %}
    {% do replace_temp_table(name, caller()) %}
{% endmacro %}
