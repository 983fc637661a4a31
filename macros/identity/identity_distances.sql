{#
    CTE with one row per identifier from which the target (key_b) can be reached over `edges` (from_key, to_key):
    identifier_key and distance, the least number of edges. A breadth-first search, which ends with the round
    that reaches key_a.

    To avoid circles, DuckDB keeps visited identifiers by key. PostgreSQL carries them in an array, and looks links
    up by index instead of reading all `edges` in every round.
#}
{% macro identity_distances(name, edges, tables) %}
    {{- adapter.dispatch('identity_distances', 'customer_data_platform')(name, edges, tables) -}}
{% endmacro %}

{% macro duckdb__identity_distances(name, edges, tables) -%}
    {{ name }} (identifier_key, distance) using key (identifier_key) as (
        select
            key_b as identifier_key,
            0 as distance
        from asked
        union
        select
            edges.from_key as identifier_key,
            min({{ name }}.distance) + 1 as distance
        from {{ name }}
        inner join {{ edges }} as edges on {{ name }}.identifier_key = edges.to_key
        where
            not exists (
                select 1 from recurring.{{ name }} as known
                where known.identifier_key = edges.from_key
            )
            and not exists (
                select 1 from recurring.{{ name }} as known
                inner join asked on known.identifier_key = asked.key_a
            )
        group by edges.from_key
    )
{%- endmacro %}

{% macro postgres__identity_distances(name, edges, tables) -%}
    {{ name }}_rounds as (
        select
            0 as distance,
            array[key_b] as known,
            array[key_b] as latest
        from asked
        union all
        select
            rounds.distance + 1 as distance,
            rounds.known || found.keys as known,
            found.keys as latest
        from {{ name }}_rounds as rounds
        cross join asked
        cross join lateral (
            select array_agg(fresh.identifier_key) as keys
            from (
                select members_from.identifier_key
                from unnest(rounds.latest) as latest (identifier_key)
                inner join members as members_to
                    on latest.identifier_key = members_to.identifier_key
                cross join lateral (
                    select links.identifier_key_a as identifier_key, links.status
                    from {{ tables.links }} as links
                    where links.identifier_key_b = latest.identifier_key
                    union all
                    select links.identifier_key_b as identifier_key, links.status
                    from {{ tables.links }} as links
                    where links.identifier_key_a = latest.identifier_key
                ) as ends
                inner join members as members_from
                    on ends.identifier_key = members_from.identifier_key
                where
                    ends.status = 'active'
                    or (
                        members_from.level = members_to.level - 1
                        and {{ is_inactive_link('ends') }}
                    )
                except
                select unnest(rounds.known) as identifier_key
            ) as fresh
        ) as found
        where found.keys is not null and not asked.key_a = any(rounds.latest)
    ),

    {{ name }} as (
        select
            unnest(latest) as identifier_key,
            distance
        from {{ name }}_rounds
    )
{%- endmacro %}
