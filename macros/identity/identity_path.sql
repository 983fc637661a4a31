{#
    Query of the shortest chain of links from one identifier to another: one row per hop, none if there is no
    chain. It contains as few inactive links as possible and at most `inactive_limit`; among equals, the chain with
    more records comes first, then the first by type and value of its identifiers.

    `asked` is a query of one row with identifier_type_a, identifier_value_a, identifier_type_b and
    identifier_value_b; `tables` maps links, nodes and dictionary to the tables of the graph's state. A chain of
    active links stays within the profile, so only the profile is read (on PostgreSQL by index). Of dbt, only the
    dispatch is used: `cdp/identity/explain.py` renders the query by itself.
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

    {# Places on a chain with the fewest inactive links. #}
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

    {# Follow inactive links only away from the start, so that a chain uses as few of them as possible. #}
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

    {{ identity_path_hops(tables) }}
{% endmacro %}
