{#
    Logs what may belong to another profile than before this run: new and removed combinations, and identifiers
    whose profile or sharing changed. int_identity__combination_profiles reads it. After a full build anything may
    have changed, so the log starts again: `first_logged_run` tells readers.
#}
{% macro graph_log_reassignments(plan) %}
    {% set log = graph_table('reassignments') %}
    {% if plan.is_rebuild %}
        {% do run_statement('delete from ' ~ log) %}
        {% do plan.update({'first_logged_run': plan.run_number}) %}
        {% do return(none) %}
    {% endif %}
    {% do graph_insert('reassignments', graph_reassigned(plan)) %}
    {% set oldest = plan.run_number - graph_logged_runs() %}
    {% if oldest > plan.first_logged_run %}
        {% do run_statement('delete from ' ~ log ~ ' where run_number <= ' ~ oldest) %}
        {% do plan.update({'first_logged_run': oldest}) %}
    {% endif %}
{% endmacro %}

{# Number of runs whose log is kept. A reader that is further behind compares everything. #}
{% macro graph_logged_runs() %}
    {% do return(100) %}
{% endmacro %}

{% macro graph_reassigned(plan) %}
    select {{ plan.run_number }}, gained.combination_key, cast(null as bigint)
    from ig_combinations_gained as gained
    left join ig_combinations_before as before on gained.combination_key = before.combination_key
    where before.combination_key is null
    union all
    select {{ plan.run_number }}, before.combination_key, cast(null as bigint)
    from ig_combinations_before as before
    left join ig_combinations_after as after on before.combination_key = after.combination_key
    where after.combination_key is null
    union all
    select {{ plan.run_number }}, cast(null as bigint), identifier_key
    from (
        select located.identifier_key
        from ig_located as located
        inner join ig_clusters_assigned as clusters on located.cluster_id = clusters.cluster_id
        left join ig_members_before as before on located.identifier_key = before.identifier_key
        where before.profile_id is distinct from clusters.profile_id
        union
        select judged.identifier_key
        from ig_identifiers_after as judged
        inner join ig_identifiers_before as before on judged.identifier_key = before.identifier_key
        where judged.is_shared <> before.is_shared
    ) as moved
{% endmacro %}

{# Stores the processed batches, the rules, the hash seed and the last component number. #}
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
