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

{# Tables that a run leaves in its session until it drops them. #}
{% macro graph_temporary_tables() %}
    {% do return([
        'ig_affected', 'ig_anchored', 'ig_attribute_suspects', 'ig_attributes_a', 'ig_attributes_b', 'ig_blocked', 'ig_bridges', 'ig_causes', 'ig_claims',
        'ig_clustered', 'ig_clusters_after', 'ig_clusters_before', 'ig_clusters_changed',
        'ig_components', 'ig_concerned', 'ig_crowds', 'ig_cut_links', 'ig_cut_nodes',
        'ig_cut_regions', 'ig_cut_suspects', 'ig_edge_ends', 'ig_edges_gone', 'ig_edges_judged',
        'ig_edges_new', 'ig_ends', 'ig_exclusion_ends', 'ig_found_links', 'ig_found_records',
        'ig_founders', 'ig_founders_named', 'ig_gone', 'ig_guarded', 'ig_heirs', 'ig_held_attributes', 'ig_identifiers_after',
        'ig_identifiers_before', 'ig_identifiers_counted', 'ig_incident',
        'ig_incident_a', 'ig_incident_b', 'ig_k_apart', 'ig_k_clusters', 'ig_k_counts',
        'ig_k_edges', 'ig_k_joins', 'ig_k_links', 'ig_k_nodes', 'ig_k_open', 'ig_k_renamed', 'ig_k_values',
        'ig_known', 'ig_learnt', 'ig_ledger_changes', 'ig_links_after', 'ig_links_before',
        'ig_located', 'ig_logged', 'ig_members', 'ig_members_before', 'ig_members_named',
        'ig_minted', 'ig_moved', 'ig_moves', 'ig_new', 'ig_nodes_before', 'ig_nodes_gone',
        'ig_nodes_new', 'ig_numbered', 'ig_observed', 'ig_owned', 'ig_pairs_after',
        'ig_pairs_before', 'ig_pairs_holding', 'ig_pairs_reduced', 'ig_pieces', 'ig_placed',
        'ig_reached', 'ig_records_of_reduced', 'ig_recounted', 'ig_region_ends', 'ig_region_nodes',
        'ig_regions', 'ig_rejudged', 'ig_rows', 'ig_sets_after', 'ig_sets_before', 'ig_sets_gained',
        'ig_sets_holding', 'ig_sets_reduced', 'ig_staged', 'ig_stated_attributes', 'ig_survivors', 'ig_touched',
        'ig_touched_pairs', 'ig_touched_records', 'ig_values', 'ig_violating',
    ]) %}
{% endmacro %}
