{#
    Identifiers whose links came or went or whose window moved. Attributes without a limit of their own are left
    out: nothing about their other links can change, and an initial stands on those of very many people.
#}
{% macro graph_affected_identifiers(plan) %}
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
{% endmacro %}

{# All links of affected identifiers, and all that were counted, which are written in any case. #}
{% macro graph_incident_links() %}
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
{% endmacro %}

{# Identifiers that were counted, with whether they are shared: evaluated again for those that are affected. #}
{% macro graph_identifiers_after() %}
    select
        counted.*,
        case
            when affected.identifier_key is not null then shared.identifier_key is not null
            else coalesce(before.is_shared, false)
        end as is_shared,
        case when affected.identifier_key is not null then shared.neighbour_type else before.neighbour_type end
            as neighbour_type,
        case when affected.identifier_key is not null then shared.neighbour_count else before.neighbour_count end
            as neighbour_count
    from ig_identifiers_counted as counted
    left join ig_identifiers_before as before on counted.identifier_key = before.identifier_key
    left join ig_affected as affected on counted.identifier_key = affected.identifier_key
    left join ig_shared as shared on counted.identifier_key = shared.identifier_key
{% endmacro %}

{# Updates the status of links that are in the state and were only evaluated again. #}
{% macro graph_write_statuses() %}
    {% set changed %}
        update {{ graph_table('links') }} as links
        set status = evaluated.status
        from ig_evaluated as evaluated
        where
            links.{{ row_locator() }} = evaluated.row_locator
            and not evaluated.is_counted
            and evaluated.status <> evaluated.status_before
            and {{ graph_is_located(
                'links', 'select row_locator from ig_evaluated where not is_counted and status <> status_before'
            ) }}
    {% endset %}
    {% do run_statement(changed) %}
{% endmacro %}

{# Links that began to pass all filters, and those that ceased to, with their status now, null where they are gone. #}
{% macro graph_changed_edges() %}
    select
        evaluated.identifier_key_a,
        evaluated.identifier_key_b,
        evaluated.status,
        {{ passes_link_filters('evaluated.status') }} as is_joined
    from ig_evaluated as evaluated
    where
        {{ passes_link_filters('evaluated.status') }}
        <> coalesce({{ passes_link_filters('evaluated.status_before') }}, false)
    union all
    select before.identifier_key_a, before.identifier_key_b, null as status, false as is_joined
    from ig_links_before as before
    left join ig_links_after as after
        on
            before.identifier_key_a = after.identifier_key_a
            and before.identifier_key_b = after.identifier_key_b
    where {{ passes_link_filters('before.status') }} and after.identifier_key_a is null
{% endmacro %}
