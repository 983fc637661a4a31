{#
    Link filters of an incremental run: evaluates identifiers and links whose neighbourhood changed, and writes
    both. Leaves ig_evaluated, the links with their status before and after.
#}
{% macro graph_filter_links(plan) %}
    {% do graph_affected_links() %}
    {% do replace_temp_table('ig_shared', graph_shared_identifiers('ig_incident', 'select identifier_key from ig_affected')) %}
    {# Identifiers that were counted, with whether they are shared: evaluated again for those that are affected. #}
    {% call graph_temp_table('ig_identifiers_after') %}
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
    {% endcall %}
    {% do graph_delete('identifiers', 'select row_locator from ig_identifiers_before') %}
    {% do graph_insert('identifiers',
        'select ' ~ graph_state_columns().identifiers.keys() | join(', ') ~ ' from ig_identifiers_after'
    ) %}
    {% do replace_temp_table('ig_ends', graph_filtering_ends(
        'select identifier_key_a from ig_incident union select identifier_key_b from ig_incident'
    )) %}
    {% do replace_temp_table('ig_evaluated', graph_evaluated_links(plan)) %}
    {% do graph_write_statuses() %}
    {% do graph_delete('links', 'select row_locator from ig_links_before') %}
    {% set counted %}
        select
            {% for column in graph_state_columns().links if column != 'status' %}links.{{ column }}, {% endfor %}
            evaluated.status
        from ig_links_after as links
        inner join ig_evaluated as evaluated
            on
                links.identifier_key_a = evaluated.identifier_key_a
                and links.identifier_key_b = evaluated.identifier_key_b
        where evaluated.is_counted
    {% endset %}
    {% do graph_insert('links', counted) %}
{% endmacro %}

{#
    Link filters of a full build. All links were written as active unless an end is an attribute, and few are
    filtered: only links of an end that filters something are evaluated.
#}
{% macro graph_filter_all_links(plan) %}
    {% do replace_temp_table('ig_shared', graph_shared_identifiers(graph_table('links'), graph_possibly_shared())) %}
    {% set sharing %}
        update {{ graph_table('identifiers') }} as identifiers
        set is_shared = true, neighbour_type = shared.neighbour_type, neighbour_count = shared.neighbour_count
        from ig_shared as shared
        where identifiers.identifier_key = shared.identifier_key
    {% endset %}
    {% do run_statement(sharing) %}
    {% do replace_temp_table('ig_ends', graph_filtering_ends()) %}
    {% call graph_temp_table('ig_incident') %}
        select
            identifier_key_a, identifier_key_b, source_mask, last_observed_at,
            false as is_counted,
            status as status_before,
            {{ row_locator() }} as row_locator
        from {{ graph_table('links') }} as links
        where
            status = 'active'
            and (
                identifier_key_a in (select identifier_key from ig_ends)
                or identifier_key_b in (select identifier_key from ig_ends)
            )
    {% endcall %}
    {% do replace_temp_table('ig_evaluated', graph_evaluated_links(plan)) %}
    {% do graph_write_statuses() %}
{% endmacro %}

{#
    Identifiers that filter links they are an end of: shared ones, those on no record, and those of a type with
    a window, with the time before which a link is too old.
#}
{% macro graph_filtering_ends(keys=none) %}
    select
        identifiers.identifier_key,
        identifiers.is_shared,
        identifiers.record_count = 0 as is_unseen,
        identifiers.last_observed_at - types.link_window_days * interval '1 day' as oldest_link_at
    from {{ graph_table('identifiers') }} as identifiers
    inner join ig_types as types
        on identifiers.identifier_type = types.identifier_type
    where
        (identifiers.is_shared or identifiers.record_count = 0 or types.link_window_days is not null)
        {% if keys %}and identifiers.identifier_key in ({{ keys }}){% endif %}
{% endmacro %}

{# A link that still passes all filters stays pruned where it was. #}
{% macro graph_evaluated_links(plan) %}
    select
        *,
        case
            when status_now = 'active' and {{ passes_link_filters('status_before') }} then status_before
            else status_now
        end as status
    from (
        select
            links.*,
            {{ graph_link_status(plan, 'links', 'ends_a', 'ends_b') }} as status_now
        from ig_incident as links
        left join ig_ends as ends_a on links.identifier_key_a = ends_a.identifier_key
        left join ig_ends as ends_b on links.identifier_key_b = ends_b.identifier_key
    ) as evaluated
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
