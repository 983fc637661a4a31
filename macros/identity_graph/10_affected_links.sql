{# Finds the identifiers and links to evaluate again. Leaves ig_affected and ig_incident. #}
{% macro graph_affected_links() %}
    {#
        Identifiers whose links came or went or whose window moved. Attributes without a limit of their own are left
        out: nothing about their other links can change, and an initial stands on those of very many people.
    #}
    {% call graph_temp_table('ig_affected') %}
        with

        changed as (
            select
                coalesce(links.identifier_key_a, before.identifier_key_a) as identifier_key_a,
                coalesce(links.identifier_key_b, before.identifier_key_b) as identifier_key_b
            from ig_links_after as links
            full join ig_links_before as before
                on
                    links.identifier_key_a = before.identifier_key_a
                    and links.identifier_key_b = before.identifier_key_b
            where
                links.identifier_key_a is null
                or before.identifier_key_a is null
                or (links.source_mask & 1) <> (before.source_mask & 1)
                or (links.source_mask = 1) <> (before.source_mask = 1)
        ),

        evaluated_types as (
            select type_number from ig_types where is_linking
            union
            select type_number from ig_limits
        )

        {% for side in ['a', 'b'] %}
        select identifier_key_{{ side }} as identifier_key
        from changed
        where {{ identifier_type_number('identifier_key_' ~ side) }} in (select type_number from evaluated_types)
        union
        {% endfor %}
        select counted.identifier_key
        from ig_identifiers_counted as counted
        inner join ig_types as types on counted.identifier_type = types.identifier_type
        left join ig_identifiers_before as before on counted.identifier_key = before.identifier_key
        where
            (counted.record_count > 0) <> (coalesce(before.record_count, 0) > 0)
            or (types.link_window_days is not null and counted.last_observed_at is distinct from before.last_observed_at)
    {% endcall %}
    {% for side in ['a', 'b'] %}
        {% do graph_take(
            'ig_incident_' ~ side, 'links', 'identifier_key_' ~ side, 'select identifier_key from ig_affected',
            columns=['identifier_key_a', 'identifier_key_b', 'source_mask', 'last_observed_at', 'status']
        ) %}
    {% endfor %}
    {# All links of affected identifiers, and all that were counted, which are written in any case. #}
    {% call graph_temp_table('ig_incident') %}
        select
            links.identifier_key_a, links.identifier_key_b, links.source_mask, links.last_observed_at,
            true as is_counted,
            before.status as status_before,
            before.row_locator
        from ig_links_after as links
        left join ig_links_before as before
            on
                links.identifier_key_a = before.identifier_key_a
                and links.identifier_key_b = before.identifier_key_b
        union all
        select
            links.identifier_key_a, links.identifier_key_b, links.source_mask, links.last_observed_at,
            false as is_counted,
            links.status as status_before,
            links.row_locator
        from (
            select * from ig_incident_a
            union all
            select incident_b.*
            from ig_incident_b as incident_b
            left join ig_affected as affected on incident_b.identifier_key_a = affected.identifier_key
            where affected.identifier_key is null
        ) as links
        left join ig_touched_pairs as touched
            on
                links.identifier_key_a = touched.identifier_key_a
                and links.identifier_key_b = touched.identifier_key_b
        where touched.identifier_key_a is null
    {% endcall %}
{% endmacro %}
