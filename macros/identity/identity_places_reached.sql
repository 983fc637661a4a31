{#
    CTE with one row per place (see `identity_place`) that is reached from place `start` over at most
    `inactive_limit` inactive links: place_id and distance, the least number of these links. A breadth-first
    search, which ends with the round that reaches place `goal`.
#}
{% macro identity_places_reached(name, start, goal, tables, inactive_limit) %}
    {{- adapter.dispatch('identity_places_reached', 'customer_data_platform')(
        name, start, goal, tables, inactive_limit
    ) -}}
{% endmacro %}

{% macro duckdb__identity_places_reached(name, start, goal, tables, inactive_limit) -%}
    {{ name }}_steps as (
        select
            {{ identity_place('nodes_a', 'ends_a') }} as place_a,
            {{ identity_place('nodes_b', 'ends_b') }} as place_b
        from (
            select
                {'identifier_key': identifier_key_a} as ends_a,
                {'identifier_key': identifier_key_b} as ends_b
            from {{ tables.links }} as links
            where {{ is_inactive_link('links') }}
        ) as links
        left join {{ tables.nodes }} as nodes_a on links.ends_a.identifier_key = nodes_a.identifier_key
        left join {{ tables.nodes }} as nodes_b on links.ends_b.identifier_key = nodes_b.identifier_key
    ),

    {{ name }} (place_id, distance) using key (place_id) as (
        select
            {{ start }} as place_id,
            0 as distance
        from asked
        union
        select
            steps.to_place as place_id,
            min({{ name }}.distance) + 1 as distance
        from {{ name }}
        inner join (
            select
                place_a as from_place,
                place_b as to_place
            from {{ name }}_steps
            union all
            select
                place_b as from_place,
                place_a as to_place
            from {{ name }}_steps
        ) as steps on {{ name }}.place_id = steps.from_place
        where
            {{ name }}.distance < {{ inactive_limit }}
            and not exists (
                select 1 from recurring.{{ name }} as known
                where known.place_id = steps.to_place
            )
            and not exists (
                select 1 from recurring.{{ name }} as known
                inner join asked on known.place_id = asked.{{ goal }}
            )
        group by steps.to_place
    )
{%- endmacro %}

{# Uses indexes: reads only the members of the visited places and the targets of their inactive links. #}
{% macro postgres__identity_places_reached(name, start, goal, tables, inactive_limit) -%}
    {{ name }}_rounds as (
        select
            0 as distance,
            array[{{ start }}] as known,
            array[{{ start }}] as latest
        from asked
        union all
        select
            rounds.distance + 1 as distance,
            rounds.known || found.places as known,
            found.places as latest
        from {{ name }}_rounds as rounds
        cross join asked
        cross join lateral (
            select array_agg(fresh.place_id) as places
            from (
                select {{ identity_place('nodes', 'ends') }} as place_id
                from (
                    select nodes.identifier_key
                    from unnest(rounds.latest) as latest (place_id)
                    inner join {{ tables.nodes }} as nodes on latest.place_id = nodes.cluster_id
                    union all
                    select -1 - latest.place_id as identifier_key
                    from unnest(rounds.latest) as latest (place_id)
                    where latest.place_id < 0
                ) as members
                cross join lateral (
                    select links.identifier_key_b as identifier_key
                    from {{ tables.links }} as links
                    where
                        links.identifier_key_a = members.identifier_key
                        and {{ is_inactive_link('links') }}
                    union all
                    select links.identifier_key_a as identifier_key
                    from {{ tables.links }} as links
                    where
                        links.identifier_key_b = members.identifier_key
                        and {{ is_inactive_link('links') }}
                ) as ends
                left join {{ tables.nodes }} as nodes on ends.identifier_key = nodes.identifier_key
                except
                select unnest(rounds.known) as place_id
            ) as fresh
        ) as found
        where
            rounds.distance < {{ inactive_limit }}
            and found.places is not null
            and not asked.{{ goal }} = any(rounds.latest)
    ),

    {{ name }} as (
        select
            unnest(latest) as place_id,
            distance
        from {{ name }}_rounds
    )
{%- endmacro %}
