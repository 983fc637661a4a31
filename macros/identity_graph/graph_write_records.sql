{# Writes what changed of records, sets and dictionary to the state. #}
{% macro graph_write_records(plan) %}
    {% do graph_delete('records', 'select row_locator from ig_gone') %}
    {% do graph_delete('sets', 'select row_locator from ig_sets_before') %}
    {% do graph_insert('dictionary', 'select identifier_key, identifier_type, identifier_value from ig_learnt') %}
    {% do graph_insert('records', 'select source_number, record_id, record_key, set_key, observed_at from ig_new') %}
    {% do graph_insert('sets', 'select ' ~ graph_state_columns().sets.keys() | join(', ') ~ ' from ig_sets_after') %}
{% endmacro %}
