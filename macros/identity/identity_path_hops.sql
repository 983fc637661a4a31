{# Last CTEs of `identity_path` and its final select: walks the chain by `edges` and `distances`. #}
{% macro identity_path_hops(tables) %}
    ranked as (
        select
            edges.from_key,
            edges.to_key,
            row_number() over (
                partition by edges.from_key
                order by
                    edges.record_count desc,
                    dictionary.identifier_type,
                    dictionary.identifier_value
            ) as row_number
        from edges
        inner join distances as distances_from on edges.from_key = distances_from.identifier_key
        inner join distances as distances_to on edges.to_key = distances_to.identifier_key
        inner join {{ tables.dictionary }} as dictionary
            on edges.to_key = dictionary.identifier_key
        where distances_to.distance = distances_from.distance - 1
    ),

    walked as (
        select
            1 as hop,
            ranked.from_key,
            ranked.to_key
        from ranked
        inner join asked on ranked.from_key = asked.key_a
        where ranked.row_number = 1
        union all
        select
            walked.hop + 1 as hop,
            ranked.from_key,
            ranked.to_key
        from walked
        inner join ranked on walked.to_key = ranked.from_key
        where ranked.row_number = 1
    ),

    described as (
        select
            walked.hop,
            dictionary_from.identifier_type as from_identifier_type,
            dictionary_from.identifier_value as from_identifier_value,
            dictionary_to.identifier_type as to_identifier_type,
            dictionary_to.identifier_value as to_identifier_value,
            {{ inactive_reason('links.status') }} as inactive_reason,
            links.record_count,
            split_part(links.sample_record, ':', 1) as sample_source_model,
            substr(links.sample_record, strpos(links.sample_record, ':') + 1) as sample_record_id,
            links.first_observed_at,
            links.last_observed_at
        from walked
        inner join links
            on
                least(walked.from_key, walked.to_key)
                = least(links.identifier_key_a, links.identifier_key_b)
                and greatest(walked.from_key, walked.to_key)
                = greatest(links.identifier_key_a, links.identifier_key_b)
        inner join {{ tables.dictionary }} as dictionary_from
            on walked.from_key = dictionary_from.identifier_key
        inner join {{ tables.dictionary }} as dictionary_to
            on walked.to_key = dictionary_to.identifier_key
    )

    select * from described
    order by hop
{% endmacro %}
