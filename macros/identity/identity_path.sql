{#
    Query of the shortest chain of links that leads from one identifier to another: one row a hop, none
    where there is no chain. With `inactive_limit` above 0 it may pass that many links that a guard
    withholds, and passes as few as it can; among equals the chain with more records goes first, then
    the one whose identifiers read first.

    `asked` is a query of one row with identifier_type_a, identifier_value_a, identifier_type_b and
    identifier_value_b; `tables` maps links, nodes and dictionary to those of the graph's state. A chain
    without withheld links stays within the profile, so that is all that is read (on PostgreSQL by
    index). Nothing here needs dbt but the dispatch: `cdp/identity/explain.py` renders it by itself.
#}
{% macro identity_path(asked, tables, inactive_limit=0) %}
    with recursive

    asked as (
        select
            dictionary_a.identifier_key as key_a,
            dictionary_b.identifier_key as key_b,
            {{ identity_place('nodes_a', 'dictionary_a') }} as place_a,
            {{ identity_place('nodes_b', 'dictionary_b') }} as place_b
        from ({{ asked }}) as identifiers
        inner join {{ tables.dictionary }} as dictionary_a
            on
                identifiers.identifier_type_a = dictionary_a.identifier_type
                and identifiers.identifier_value_a = dictionary_a.identifier_value
        inner join {{ tables.dictionary }} as dictionary_b
            on
                identifiers.identifier_type_b = dictionary_b.identifier_type
                and identifiers.identifier_value_b = dictionary_b.identifier_value
        left join {{ tables.nodes }} as nodes_a
            on dictionary_a.identifier_key = nodes_a.identifier_key
        left join {{ tables.nodes }} as nodes_b
            on dictionary_b.identifier_key = nodes_b.identifier_key
    ),

    {% if inactive_limit > 0 %}
    {{ identity_places_reached('from_a', 'place_a', 'place_b', tables, inactive_limit) }},

    {{ identity_places_reached('from_b', 'place_b', 'place_a', tables, inactive_limit) }},

    {# Those on a way with the fewest withheld links. #}
    places as (
        select
            from_a.place_id,
            from_a.distance as level
        from from_a
        inner join from_b on from_a.place_id = from_b.place_id
        cross join asked
        where
            from_a.distance + from_b.distance = (
                select min(ends.distance) from from_a as ends
                where ends.place_id = asked.place_b
            )
    ),
    {% else %}
    places as (
        select
            place_a as place_id,
            0 as level
        from asked
        where place_a = place_b
    ),
    {% endif %}

    members as (
        select
            nodes.identifier_key,
            places.level
        from places
        inner join {{ tables.nodes }} as nodes on places.place_id = nodes.cluster_id
        union all
        select
            -1 - place_id as identifier_key,
            level
        from places
        where place_id < 0
    ),

    links as (
        select
            links.*,
            members_a.level as level_a,
            members_b.level as level_b
        from members as members_a
        inner join {{ tables.links }} as links
            on members_a.identifier_key = links.identifier_key_a
        inner join members as members_b
            on links.identifier_key_b = members_b.identifier_key
        where
            links.status = 'active'
            or (
                abs(members_a.level - members_b.level) = 1
                and {{ is_inactive_link('links') }}
            )
    ),

    {# Withheld links lead on only, so that no way passes more of them than it must. #}
    edges as (
        select
            identifier_key_a as from_key,
            identifier_key_b as to_key,
            record_count
        from links
        where level_a <= level_b
        union all
        select
            identifier_key_b as from_key,
            identifier_key_a as to_key,
            record_count
        from links
        where level_b <= level_a
    ),

    {{ identity_distances('distances', 'edges', tables) }},

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
            ) as rank_of_edge
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
        where ranked.rank_of_edge = 1
        union all
        select
            walked.hop + 1 as hop,
            ranked.from_key,
            ranked.to_key
        from walked
        inner join ranked on walked.to_key = ranked.from_key
        where ranked.rank_of_edge = 1
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
