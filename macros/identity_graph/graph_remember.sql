{# Notes which batches, rules and seed the state now stands for, and the last id that was given. #}
{% macro graph_remember(plan) %}
    {% set batches = graph_table('batches') %}
    {% for source in plan.sources if not source.is_override %}
        {% do run_query('delete from ' ~ batches ~ " where source_model = '" ~ source.model ~ "'") %}
        {% do run_query(
            'insert into ' ~ batches ~ " select '" ~ source.model ~ "', "
            ~ (source.last_batch if source.last_batch is not none else 'cast(null as bigint)')
        ) %}
    {% endfor %}
    {% do run_query('delete from ' ~ graph_table('state')) %}
    {% do run_query(
        'insert into ' ~ graph_table('state') ~ " select '" ~ plan.rules ~ "', " ~ plan.key_seed ~ ', ' ~ plan.last_id
        ~ ', ' ~ plan.run_number ~ ', ' ~ plan.first_logged_run
    ) %}
{% endmacro %}
