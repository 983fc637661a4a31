{#
    Groups changed records by identifier combination. Leaves ig_combinations_before and ig_combinations_after:
    combinations that gained or lost a record. Gains are added; a combination that lost a record is counted again.
#}
{% macro graph_fold_records(plan) %}
    {% set gained %}
        select
            combination_key,
            min(source_number) as source_number,
            {{ graph_any_value('identifier_keys') }} as identifier_keys,
            count(*) as record_count,
            min(observed_at) as first_observed_at,
            max(observed_at) as last_observed_at,
            min(record_id) as sample_record_id,
            min(combination_check) <> max(combination_check) as is_collision
        from ig_new
        group by combination_key
    {% endset %}
    {% do replace_temp_table('ig_combinations_gained', gained) %}
    {% do replace_temp_table('ig_combinations_reduced', 'select distinct combination_key from ig_gone') %}
    {% do graph_take('ig_combinations_before', 'combinations', 'combination_key',
        'select combination_key from ig_combinations_gained union select combination_key from ig_combinations_reduced'
    ) %}
    {% do graph_take('ig_records_of_reduced', 'records', 'combination_key', 'select combination_key from ig_combinations_reduced') %}
    {% do replace_temp_table('ig_combinations_after', graph_combinations_after()) %}
{% endmacro %}

{% macro graph_combinations_after() %}
    with

    remaining as (
        select records.combination_key, records.record_id, records.observed_at
        from ig_records_of_reduced as records
        left join ig_gone as gone on records.row_locator = gone.row_locator
        where gone.row_locator is null
    ),

    recounted as (
        select
            combination_key,
            count(*) as record_count,
            min(observed_at) as first_observed_at,
            max(observed_at) as last_observed_at,
            min(record_id) as sample_record_id
        from remaining
        group by combination_key
    ),

    counted as (
        select
            combination_key, source_number, identifier_keys,
            record_count, first_observed_at, last_observed_at, sample_record_id
        from ig_combinations_gained
        union all
        select
            before.combination_key, before.source_number, before.identifier_keys,
            before.record_count, before.first_observed_at, before.last_observed_at,
            before.sample_record_id
        from ig_combinations_before as before
        where before.combination_key not in (select combination_key from ig_combinations_reduced)
        union all
        select
            before.combination_key, before.source_number, before.identifier_keys,
            recounted.record_count, recounted.first_observed_at, recounted.last_observed_at,
            recounted.sample_record_id
        from recounted
        inner join ig_combinations_before as before on recounted.combination_key = before.combination_key
    )

    select
        combination_key,
        min(source_number) as source_number,
        array_length({{ graph_any_value('identifier_keys') }}, 1) as identifier_count,
        {{ graph_any_value('identifier_keys') }} as identifier_keys,
        cast(sum(record_count) as bigint) as record_count,
        min(first_observed_at) as first_observed_at,
        max(last_observed_at) as last_observed_at,
        min(sample_record_id) as sample_record_id
    from counted
    group by combination_key
{% endmacro %}
