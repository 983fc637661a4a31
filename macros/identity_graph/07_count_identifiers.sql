{#
    Counts the identifiers of changed combinations. Leaves ig_identifiers_counted. New records are added to the counts;
    identifiers of combinations that lost a record, ig_recounted, are counted again from all their
    combinations, ig_combinations_holding. An override is no observation.
#}
{% macro graph_count_identifiers() %}
    {% call graph_temp_table('ig_recounted') %}
        select distinct unnest(identifier_keys) as identifier_key
        from ig_combinations_before
        where combination_key in (select combination_key from ig_combinations_reduced)
    {% endcall %}
    {% call graph_temp_table('ig_combinations_holding') %}
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
    {% endcall %}
    {% call graph_temp_table('ig_identifiers_counted') %}
        with

        {% for name, table in [('gained', 'ig_combinations_gained'), ('held', 'ig_combinations_holding')] %}
        {{ name }} as (
            select unnest(identifier_keys) as identifier_key, record_count, first_observed_at, last_observed_at
            from {{ table }}
            where source_number <> 0
        ),
        {% endfor %}

        counted as (
            select
                identifier_key,
                cast(sum(record_count) as bigint) as record_count,
                min(first_observed_at) as first_observed_at,
                max(last_observed_at) as last_observed_at
            from (
                {% for table in ['gained', 'ig_identifiers_before'] %}
                select identifier_key, record_count, first_observed_at, last_observed_at
                from {{ table }}
                where identifier_key not in (select identifier_key from ig_recounted)
                union all
                {% endfor %}
                select identifier_key, record_count, first_observed_at, last_observed_at
                from held
                where identifier_key in (select identifier_key from ig_recounted)
            ) as observations
            group by identifier_key
        ),

        {# An identifier that only an override names, or that lost all records, counts 0. #}
        known as (
            select identifier_key, value_check, identifier_type, blocking_priority from ig_learnt
            union all
            select identifier_key, value_check, identifier_type, blocking_priority from ig_identifiers_before
        )

        select
            known.identifier_key,
            known.value_check,
            known.identifier_type,
            known.blocking_priority,
            coalesce(counted.record_count, 0) as record_count,
            counted.first_observed_at,
            counted.last_observed_at
        from known
        left join counted on known.identifier_key = counted.identifier_key
    {% endcall %}
{% endmacro %}
