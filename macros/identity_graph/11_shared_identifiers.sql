{#
    Identifiers with more neighbours of a type than seed identifier_limits allows, with the type that exceeds its
    limit by most. Types are counted apart: three CRM contacts are too many for a mailbox, while one contact,
    one account and one card are not. An override is no neighbour.
#}
{% macro graph_shared_identifiers(links, candidates) %}
    with

    neighbours as (
        {% for side, other in [('a', 'b'), ('b', 'a')] %}
        select links.identifier_key_{{ side }} as identifier_key, limits.neighbour_type_number
        from {{ links }} as links
        inner join ig_limits as limits
            on
                {{ identifier_type_number('links.identifier_key_' ~ side) }} = limits.type_number
                and {{ identifier_type_number('links.identifier_key_' ~ other) }} = limits.neighbour_type_number
        where links.source_mask <> 1 and links.identifier_key_{{ side }} in ({{ candidates }})
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ),

    counted as (
        select identifier_key, neighbour_type_number, count(*) as neighbour_count
        from neighbours
        group by identifier_key, neighbour_type_number
    ),

    exceeded as (
        select
            counted.identifier_key,
            limits.neighbour_type,
            counted.neighbour_count,
            row_number() over (
                partition by counted.identifier_key
                order by counted.neighbour_count - limits.max_count desc, limits.neighbour_type_number
            ) as row_number
        from counted
        inner join ig_limits as limits
            on
                {{ identifier_type_number('counted.identifier_key') }} = limits.type_number
                and counted.neighbour_type_number = limits.neighbour_type_number
        where counted.neighbour_count > limits.max_count
    )

    select identifier_key, neighbour_type, neighbour_count
    from exceeded
    where row_number = 1
{% endmacro %}

{# A record holds one value of a type, so an identifier has no more neighbours of a type than records. #}
{% macro graph_possibly_shared() %}
    select identifiers.identifier_key
    from {{ graph_table('identifiers') }} as identifiers
    inner join (
        select type_number, min(max_count) as max_count from ig_limits group by type_number
    ) as limits on {{ identifier_type_number('identifiers.identifier_key') }} = limits.type_number
    where identifiers.record_count > limits.max_count
{% endmacro %}
