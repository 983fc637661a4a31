{#
    Judges identifiers and links again where their neighbourhood changed, and writes both to the state.

    A link's guard is 0 where it holds, 1 where an end is shared, 2 where it lies outside the time
    window of an end, 5 where an override names an end that no record shows, 6 where an end is of a type
    that counts for limits and never links. ig_guarded holds the links that were judged, ig_edges_new and
    ig_edges_gone those that began and ceased to hold.
#}
{% macro graph_apply_guards(plan) %}
    {% do replace_temp_table('ig_affected', graph_affected_identifiers(plan)) %}
    {% for side in ['a', 'b'] %}
        {% do graph_take(
            'ig_incident_' ~ side, 'links', 'identifier_key_' ~ side, 'select identifier_key from ig_affected',
            columns=graph_judged_columns(plan) + ['guard', 'cut']
        ) %}
    {% endfor %}
    {% do replace_temp_table('ig_incident', graph_incident_links(plan)) %}
    {% do replace_temp_table('ig_crowds', graph_crowds(plan, 'ig_incident', 'select identifier_key from ig_affected')) %}
    {% do replace_temp_table('ig_identifiers_after', graph_identifiers_after(plan)) %}
    {% do replace_temp_table('ig_ends', graph_ends_of_incident_links(plan)) %}
    {% do replace_temp_table('ig_guarded', graph_guarded_links(plan)) %}
    {% do graph_write_guarded(plan) %}
{% endmacro %}

{#
    Those whose links came or went, or whose window moved. What never links and is not limited itself is none:
    nothing about its other links could change, and an initial stands on those of very many people.
#}
{% macro graph_affected_identifiers(plan) %}
    {% set limited = plan.limits | map(attribute='strength') | list %}
    {% set unjudged = [] %}
    {% for number in graph_attribute_numbers(plan) if plan.types[number].strength not in limited %}
        {% do unjudged.append(number) %}
    {% endfor %}
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
    )

    select identifier_key_a as identifier_key from changed
    {{ graph_of_other_types(unjudged, 'identifier_key_a') }}
    union
    select identifier_key_b as identifier_key from changed
    {{ graph_of_other_types(unjudged, 'identifier_key_b') }}
    union
    select counted.identifier_key
    from ig_identifiers_counted as counted
    left join ig_identifiers_before as before on counted.identifier_key = before.identifier_key
    where (counted.record_count > 0) <> (coalesce(before.record_count, 0) > 0)
    {% if graph_windows(plan) %}
    union
    select counted.identifier_key
    from ig_identifiers_counted as counted
    left join ig_identifiers_before as before on counted.identifier_key = before.identifier_key
    where
        {{ identifier_type_number('counted.identifier_key') }} in ({{ graph_windows(plan) | join(', ') }})
        and counted.last_observed_at is distinct from before.last_observed_at
    {% endif %}
{% endmacro %}

{% macro graph_of_other_types(unjudged, column) -%}
    {% if unjudged %}where {{ identifier_type_number(column) }} not in ({{ unjudged | join(', ') }}){% endif %}
{%- endmacro %}

{# All links of affected identifiers, and all that were counted, which are rewritten in any case. #}
{% macro graph_incident_links(plan) %}
    {% set columns = graph_judged_columns(plan) %}
    select
        {% for column in columns %}links.{{ column }}, {% endfor %}
        true as is_rewritten,
        before.guard as guard_before,
        before.cut as cut_before,
        before.row_locator
    from ig_links_after as links
    left join ig_links_before as before
        on
            links.identifier_key_a = before.identifier_key_a
            and links.identifier_key_b = before.identifier_key_b
    union all
    select
        {% for column in columns %}links.{{ column }}, {% endfor %}
        false as is_rewritten,
        links.guard as guard_before,
        links.cut as cut_before,
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

{# Columns of a link by which it is judged: of very many that stay as they are the others are not read. #}
{% macro graph_judged_columns(plan) %}
    {%- set columns = ['identifier_key_a', 'identifier_key_b', 'source_mask'] -%}
    {%- do return(columns + (['last_observed_at'] if graph_windows(plan) else [])) -%}
{% endmacro %}

{# What was counted or judged again, as it is to stand in the state. All of it was touched. #}
{% macro graph_identifiers_after(plan) %}
    select
        counted.identifier_key,
        counted.value_check,
        counted.strength,
        counted.blocking_priority,
        counted.record_count,
        counted.first_observed_at,
        counted.last_observed_at,
        case
            when affected.identifier_key is not null then crowds.identifier_key is not null
            else coalesce(before.is_shared, false)
        end as is_shared,
        case when affected.identifier_key is not null then crowds.crowd_strength else before.crowd_strength end
            as crowd_strength,
        case when affected.identifier_key is not null then crowds.crowd_count else before.crowd_count end
            as crowd_count
    from ig_identifiers_counted as counted
    left join ig_identifiers_before as before on counted.identifier_key = before.identifier_key
    left join ig_affected as affected on counted.identifier_key = affected.identifier_key
    left join ig_crowds as crowds on counted.identifier_key = crowds.identifier_key
{% endmacro %}

{#
    Ends of incident links that withhold something: those that are shared or that no record shows, and where
    links last for a time all, with when they were last seen.
#}
{% macro graph_ends_of_incident_links(plan) %}
    with

    ends as (
        select identifier_key_a as identifier_key from ig_incident
        union
        select identifier_key_b as identifier_key from ig_incident
    )

    select identifier_key, record_count, last_observed_at, is_shared
    from ig_identifiers_after
    where identifier_key in (select identifier_key from ends)
    union all
    select identifier_key, record_count, last_observed_at, is_shared
    from {{ graph_table('identifiers') }}
    where
        {{ '1 = 1' if graph_windows(plan) else '(is_shared or record_count = 0)' }}
        and identifier_key in (
            select ends.identifier_key
            from ends
            left join ig_identifiers_after as judged on ends.identifier_key = judged.identifier_key
            where judged.identifier_key is null
        )
{% endmacro %}

{# Incident links with the guard that withholds them now. #}
{% macro graph_guarded_links(plan) %}
    select
        links.*,
        case
            when {{ graph_has_attribute(plan) }} then 6
            when (links.source_mask & 1) = 1
                then case when ends_a.record_count = 0 or ends_b.record_count = 0 then 5 else 0 end
            when ends_a.is_shared or ends_b.is_shared then 1
            {% if graph_windows(plan) %}
            when
                links.last_observed_at < ends_a.last_observed_at - {{ graph_window(plan, 'ends_a.identifier_key') }}
                or links.last_observed_at < ends_b.last_observed_at - {{ graph_window(plan, 'ends_b.identifier_key') }}
                then 2
            {% endif %}
            else 0
        end as guard
    from ig_incident as links
    left join ig_ends as ends_a on links.identifier_key_a = ends_a.identifier_key
    left join ig_ends as ends_b on links.identifier_key_b = ends_b.identifier_key
{% endmacro %}

{# Links that were counted are written anew; of those that were only judged again the guard is. #}
{% macro graph_write_guarded(plan) %}
    {% set links = graph_table('links') %}
    {% do replace_temp_table('ig_rejudged',
        'select row_locator, guard, case when guard = 0 then cut_before else 0 end as cut from ig_guarded'
        ~ ' where not is_rewritten and guard <> guard_before'
    ) %}
    {% set rejudged %}
        update {{ links }} as links
        set guard = rejudged.guard, cut = rejudged.cut
        from ig_rejudged as rejudged
        where
            links.{{ row_locator() }} = rejudged.row_locator
            and {{ graph_is_located('links', 'select row_locator from ig_rejudged') }}
    {% endset %}
    {% do run_statement(rejudged) %}
    {% do graph_delete('links', 'select row_locator from ig_links_before') %}
    {% set counted %}
        select
            {% for column in graph_state_columns().links if column not in ['guard', 'cut'] %}links.{{ column }}, {% endfor %}
            guarded.guard,
            case when guarded.guard = 0 then coalesce(guarded.cut_before, 0) else 0 end
        from ig_links_after as links
        inner join ig_guarded as guarded
            on
                links.identifier_key_a = guarded.identifier_key_a
                and links.identifier_key_b = guarded.identifier_key_b
        where guarded.is_rewritten
    {% endset %}
    {% do graph_insert('links', counted) %}
    {% do graph_delete('identifiers', 'select row_locator from ig_identifiers_before') %}
    {% do graph_insert('identifiers',
        'select ' ~ graph_state_columns().identifiers.keys() | join(', ') ~ ' from ig_identifiers_after'
    ) %}

    {% set edges_new %}
        select identifier_key_a, identifier_key_b from ig_guarded
        where guard = 0 and coalesce(guard_before, 1) <> 0
    {% endset %}
    {% do replace_temp_table('ig_edges_new', edges_new) %}
    {% set edges_gone %}
        select before.identifier_key_a, before.identifier_key_b, coalesce(guarded.guard, 9) as guard
        from ig_links_before as before
        left join ig_guarded as guarded
            on
                before.identifier_key_a = guarded.identifier_key_a
                and before.identifier_key_b = guarded.identifier_key_b
        where before.guard = 0 and guarded.identifier_key_a is null
        union all
        select identifier_key_a, identifier_key_b, guard from ig_guarded
        where guard_before = 0 and guard <> 0
    {% endset %}
    {% do replace_temp_table('ig_edges_gone', edges_gone) %}
{% endmacro %}

{#
    Identifiers that stand with more values of a type than seed identifier_limits allows, with the type
    that exceeds its limit by most. Types are counted apart: three CRM contacts are too many for a
    mailbox, while one contact, one account and one card are not. `candidates` are those to look at.
#}
{% macro graph_crowds(plan, links, candidates) %}
    {% if not plan.limits %}
        {% do return('select cast(null as bigint) as identifier_key, 0 as crowd_strength, cast(0 as bigint) as crowd_count where 1 = 0') %}
    {% endif %}
    with

    neighbours as (
        {% for side, other in [('a', 'b'), ('b', 'a')] %}
        select
            identifier_key_{{ side }} as identifier_key,
            {{ graph_pair_number('identifier_key_' ~ side, 'identifier_key_' ~ other) }} as pair_number
        from {{ links }}
        where
            source_mask <> 1
            and {{ graph_pair_number('identifier_key_' ~ side, 'identifier_key_' ~ other) }} in (
                {{ plan.limits | map(attribute='pair_number') | join(', ') }}
            )
            and identifier_key_{{ side }} in ({{ candidates }})
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ),

    counted as (
        select identifier_key, pair_number, count(*) as neighbour_count
        from neighbours
        group by identifier_key, pair_number
    ),

    beyond as (
        select
            counted.identifier_key,
            limits.counted_strength,
            counted.neighbour_count,
            row_number() over (
                partition by counted.identifier_key
                order by counted.neighbour_count - limits.most desc, limits.counted_strength desc
            ) as rank_of_type
        from counted
        inner join (
            {% for limit in plan.limits %}
            select {{ limit.pair_number }} as pair_number, {{ limit.counted_strength }} as counted_strength, {{ limit.most }} as most
            {{ 'union all' if not loop.last }}
            {% endfor %}
        ) as limits on counted.pair_number = limits.pair_number
        where counted.neighbour_count > limits.most
    )

    select
        identifier_key,
        counted_strength as crowd_strength,
        neighbour_count as crowd_count
    from beyond
    where rank_of_type = 1
{% endmacro %}
