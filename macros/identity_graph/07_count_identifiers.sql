{#
    Counts the identifiers of changed combinations. Leaves ig_identifiers_counted. Counts are added; identifiers of
    combinations that lost a record are counted again from all their combinations, ig_combinations_holding. An
    override is no observation.
#}
{% macro graph_count_identifiers(plan) %}
    {% set recounted %}
        select distinct unnest(before.identifier_keys) as identifier_key
        from ig_combinations_before as before
        where before.combination_key in (select combination_key from ig_combinations_reduced)
    {% endset %}
    {% do replace_temp_table('ig_recounted', recounted) %}
    {% set holding %}
        select combinations.*
        from {{ graph_table('combinations') }} as combinations
        where
            exists (select 1 from ig_recounted)
            and combinations.combination_key in (
                select members.combination_key
                from (
                    select combination_key, unnest(identifier_keys) as identifier_key
                    from {{ graph_table('combinations') }}
                    where exists (select 1 from ig_recounted)
                ) as members
                where members.identifier_key in (select identifier_key from ig_recounted)
            )
    {% endset %}
    {% do replace_temp_table('ig_combinations_holding', holding) %}
    {% do replace_temp_table('ig_identifiers_counted', graph_identifiers_counted()) %}
{% endmacro %}

{% macro graph_identifiers_counted() %}
    with

    seen as (
        select
            unnest(identifier_keys) as identifier_key,
            record_count,
            first_observed_at,
            last_observed_at
        from ig_combinations_after
        where source_number <> 0
    ),

    unseen as (
        select
            unnest(identifier_keys) as identifier_key,
            record_count
        from ig_combinations_before
        where source_number <> 0
    ),

    seen_in_all_combinations as (
        select
            unnest(identifier_keys) as identifier_key,
            record_count,
            first_observed_at,
            last_observed_at
        from ig_combinations_holding
        where source_number <> 0
    ),

    sightings as (
        select identifier_key, record_count, first_observed_at, last_observed_at
        from seen
        where identifier_key not in (select identifier_key from ig_recounted)
        union all
        select identifier_key, -record_count, null, null
        from unseen
        where identifier_key not in (select identifier_key from ig_recounted)
        union all
        select before.identifier_key, before.record_count, before.first_observed_at, before.last_observed_at
        from ig_identifiers_before as before
        where before.identifier_key not in (select identifier_key from ig_recounted)
        union all
        select identifier_key, record_count, first_observed_at, last_observed_at
        from seen_in_all_combinations
        where identifier_key in (select identifier_key from ig_recounted)
    ),

    counted as (
        select
            identifier_key,
            cast(sum(record_count) as bigint) as record_count,
            min(first_observed_at) as first_observed_at,
            max(last_observed_at) as last_observed_at
        from sightings
        group by identifier_key
    ),

    {# An identifier that only an override names, or that lost all records, counts 0. #}
    named as (
        select identifier_key, value_check, identifier_type, blocking_priority from ig_learnt
        union all
        select identifier_key, value_check, identifier_type, blocking_priority from ig_identifiers_before
    )

    select
        named.identifier_key,
        named.value_check,
        named.identifier_type,
        named.blocking_priority,
        coalesce(counted.record_count, 0) as record_count,
        counted.first_observed_at,
        counted.last_observed_at
    from named
    left join counted on named.identifier_key = counted.identifier_key
{% endmacro %}
