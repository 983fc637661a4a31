{# Writes what changed of records, sets and dictionary to the state. #}
{% macro graph_write_records(plan) %}
    {% if not plan.is_rebuild %}
        {% set gone %}
            delete from {{ graph_table('records') }} as records
            using ig_gone as gone
            where records.source_number = gone.source_number and records.record_id = gone.record_id
        {% endset %}
        {% set replaced %}
            delete from {{ graph_table('sets') }}
            where set_key in (select set_key from ig_sets_before)
        {% endset %}
        {% if not query_is_true('select count(*) = 0 from ig_gone') %}{% do run_query(gone) %}{% endif %}
        {% do run_query(replaced) %}
    {% endif %}
    {% do run_query('insert into ' ~ graph_table('dictionary') ~ ' select identifier_key, identifier_type, identifier_value from ig_learnt') %}
    {% do run_query('insert into ' ~ graph_table('records') ~ ' select source_number, record_id, set_key, observed_at from ' ~ plan.arrivals) %}
    {% set inserted %}
        insert into {{ graph_table('sets') }}
        select
            set_key, source_number, identifier_keys,
            record_count, first_observed_at, last_observed_at, sample_record_id
        from ig_sets_after
    {% endset %}
    {% do run_statement(inserted) %}
    {% do replace_temp_table('ig_named', 'select identifier_key, strength, blocking_priority from ig_learnt') %}
    {% do plan.update({'arrival_count': query_value('select count(*) from ' ~ plan.arrivals)}) %}
    {% if plan.is_rebuild %}
        {# What stands in the state now is read from there. #}
        {% do plan.update({'sets_after': graph_table('sets')}) %}
        {% do graph_drop(['ig_observed', 'ig_values', 'ig_learnt', 'ig_sets_after']) %}
    {% else %}
        {% do plan.update({'sets_after': 'ig_sets_after'}) %}
    {% endif %}
{% endmacro %}
