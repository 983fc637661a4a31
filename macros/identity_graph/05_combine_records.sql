{#
    Groups changed records by identifier combination. Leaves ig_combinations_gained, what new records add;
    ig_combinations_reduced, combinations that lost a record and are counted again; and ig_combinations_before.
#}
{% macro graph_combine_records() %}
    {% call graph_temp_table('ig_combinations_gained') %}
        select
            combination_key,
            min(source_number) as source_number,
            array_length({{ graph_any_value('identifier_keys') }}, 1) as identifier_count,
            {{ graph_any_value('identifier_keys') }} as identifier_keys,
            count(*) as record_count,
            min(observed_at) as first_observed_at,
            max(observed_at) as last_observed_at,
            min(record_id) as sample_record_id,
            min(combination_check) <> max(combination_check) as is_collision
        from ig_new
        group by combination_key
    {% endcall %}
    {% do replace_temp_table('ig_combinations_reduced', 'select distinct combination_key from ig_gone') %}
    {% do graph_take('ig_combinations_before', 'combinations', 'combination_key',
        'select combination_key from ig_combinations_gained union select combination_key from ig_combinations_reduced'
    ) %}
{% endmacro %}

{# Writes records, dictionary and combinations. Leaves ig_combinations_after. #}
{% macro graph_write_records() %}
    {% do graph_delete('records', 'select row_locator from ig_gone') %}
    {% do graph_insert('records', 'select source_number, record_id, record_key, combination_key, observed_at from ig_new') %}
    {% do graph_insert('dictionary', 'select identifier_key, identifier_type, identifier_value from ig_learnt') %}
    {% do graph_take('ig_records_of_reduced', 'records', 'combination_key', 'select combination_key from ig_combinations_reduced') %}
    {% call graph_temp_table('ig_combinations_after') %}
        with

        known as (
            select combination_key, source_number, identifier_count, identifier_keys from ig_combinations_before
            union
            select combination_key, source_number, identifier_count, identifier_keys from ig_combinations_gained
        ),

        counted as (
            {% for table in ['ig_combinations_before', 'ig_combinations_gained'] %}
            select combination_key, record_count, first_observed_at, last_observed_at, sample_record_id
            from {{ table }}
            where combination_key not in (select combination_key from ig_combinations_reduced)
            union all
            {% endfor %}
            select combination_key, 1, observed_at, observed_at, record_id from ig_records_of_reduced
        )

        select
            known.combination_key,
            known.source_number,
            known.identifier_count,
            known.identifier_keys,
            cast(sum(counted.record_count) as bigint) as record_count,
            min(counted.first_observed_at) as first_observed_at,
            max(counted.last_observed_at) as last_observed_at,
            min(counted.sample_record_id) as sample_record_id
        from counted
        inner join known on counted.combination_key = known.combination_key
        group by known.combination_key, known.source_number, known.identifier_count, known.identifier_keys
    {% endcall %}
    {% do graph_delete('combinations', 'select row_locator from ig_combinations_before') %}
    {% do graph_insert('combinations', 'select * from ig_combinations_after') %}
{% endmacro %}
