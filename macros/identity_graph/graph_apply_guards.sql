{#
    Judges identifiers and links again where their neighbourhood changed, and writes both to the state.

    A link's guard is 0 where it holds, 1 where an end is shared, 2 where it lies outside the time
    window of an end, 5 where an override names an end that no record shows, 6 where an end is of a type
    that counts for limits and never links. ig_guarded holds the links that were judged, ig_edges_new and ig_edges_gone those
    that began and ceased to hold, ig_nodes_new and ig_nodes_gone the identifiers that may be linked
    now and that may be no longer.
#}
{% macro graph_apply_guards(plan) %}
    {% if plan.is_rebuild %}
        {# Views: the links are many, and these say little more of them. #}
        {% do run_statement(
            'create or replace temporary view ig_incident as '
            ~ 'select *, cast(null as integer) as guard_before, 0 as cut_before from ig_links_after'
        ) %}
        {% do run_statement(
            'create or replace temporary view ig_ends as '
            ~ 'select identifier_key, strength, record_count, last_observed_at, false as was_shared from ig_identifiers_counted'
        ) %}
        {% do replace_temp_table('ig_crowds', graph_crowds(plan)) %}
        {% do run_statement('insert into ' ~ graph_table('identifiers') ~ ' ' ~ graph_identifiers_after(plan)) %}
        {% do run_statement(
            'insert into ' ~ graph_table('links') ~ ' select ' ~ graph_link_columns() ~ ', 0 from ('
            ~ graph_guarded_links(plan) ~ ') as guarded'
        ) %}
        {% do run_statement('drop view ig_incident; drop view ig_ends') %}
        {% do graph_drop(['ig_links_after', 'ig_identifiers_counted', 'ig_crowds', 'ig_named']) %}
    {% else %}
        {% do replace_temp_table('ig_affected', graph_affected_identifiers(plan)) %}
        {% do replace_temp_table('ig_incident', graph_incident_links()) %}
        {% do replace_temp_table('ig_ends', graph_ends_of_incident_links()) %}
        {% do replace_temp_table('ig_crowds', graph_crowds(plan)) %}
        {% do replace_temp_table('ig_identifiers_after', graph_identifiers_after(plan)) %}
        {% do replace_temp_table('ig_guarded', graph_guarded_links(plan)) %}
        {% do graph_write_guarded(plan) %}
    {% endif %}
{% endmacro %}

{# Columns of a link in the state, but for its cut. #}
{% macro graph_link_columns() %}
    {%- do return('identifier_key_a, identifier_key_b, record_count, source_mask, sample_record, first_observed_at, last_observed_at, guard') -%}
{% endmacro %}

{# Those whose links came or went, or whose window moved. #}
{% macro graph_affected_identifiers(plan) %}
    {% set windowed = plan.types | selectattr('link_window_days', 'ne', none) | map(attribute='strength') | list %}
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
    union
    select identifier_key_b as identifier_key from changed
    union
    select counted.identifier_key
    from ig_identifiers_counted as counted
    left join ig_identifiers_before as before on counted.identifier_key = before.identifier_key
    where (counted.record_count > 0) <> (coalesce(before.record_count, 0) > 0)
    {% if windowed %}
    union
    select counted.identifier_key
    from ig_identifiers_counted as counted
    left join ig_identifiers_before as before on counted.identifier_key = before.identifier_key
    where
        counted.strength in ({{ windowed | join(', ') }})
        and counted.last_observed_at is distinct from before.last_observed_at
    {% endif %}
{% endmacro %}

{# All links of affected identifiers, and all that were counted. #}
{% macro graph_incident_links() %}
    select
        links.*,
        before.guard as guard_before,
        coalesce(before.cut, 0) as cut_before
    from ig_links_after as links
    left join ig_links_before as before
        on
            links.identifier_key_a = before.identifier_key_a
            and links.identifier_key_b = before.identifier_key_b
    union all
    select
        links.identifier_key_a, links.identifier_key_b, links.record_count, links.source_mask,
        links.sample_record, links.first_observed_at, links.last_observed_at,
        links.guard as guard_before,
        links.cut as cut_before
    from (
        select links.* from {{ graph_table('links') }} as links
        where links.identifier_key_a in (select identifier_key from ig_affected)
        union
        select links.* from {{ graph_table('links') }} as links
        where links.identifier_key_b in (select identifier_key from ig_affected)
    ) as links
    left join ig_touched_pairs as touched
        on
            links.identifier_key_a = touched.identifier_key_a
            and links.identifier_key_b = touched.identifier_key_b
    where touched.identifier_key_a is null
{% endmacro %}

{% macro graph_ends_of_incident_links() %}
    with

    ends as (
        select identifier_key_a as identifier_key from ig_incident
        union
        select identifier_key_b as identifier_key from ig_incident
        union
        select identifier_key from ig_affected
    )

    select
        ends.identifier_key,
        coalesce(counted.strength, identifiers.strength) as strength,
        coalesce(counted.record_count, identifiers.record_count) as record_count,
        case
            when counted.identifier_key is not null then counted.last_observed_at
            else identifiers.last_observed_at
        end as last_observed_at,
        coalesce(identifiers.is_shared, false) as was_shared
    from ends
    left join (
        select identifiers.* from {{ graph_table('identifiers') }} as identifiers
        where identifiers.identifier_key in (select identifier_key from ends)
    ) as identifiers on ends.identifier_key = identifiers.identifier_key
    left join ig_identifiers_counted as counted on ends.identifier_key = counted.identifier_key
{% endmacro %}

{#
    Identifiers that stand with more values of a type than seed identifier_limits allows, with the type
    that exceeds its limit by most. Types are counted apart: three CRM contacts are too many for a
    mailbox, while one contact, one account and one card are not.
#}
{% macro graph_crowds(plan) %}
    {% if not plan.limits %}
        {% do return('select cast(null as bigint) as identifier_key, 0 as crowd_strength, cast(0 as bigint) as crowd_count where 1 = 0') %}
    {% endif %}
    with

    limits as (
        {% for limit in plan.limits %}
        select {{ limit.strength }} as strength, {{ limit.counted_strength }} as counted_strength, {{ limit.most }} as most
        {{ 'union all' if not loop.last }}
        {% endfor %}
    ),

    typed as (
        select
            links.identifier_key_a,
            links.identifier_key_b,
            ends_a.strength as strength_a,
            ends_b.strength as strength_b
        from ig_incident as links
        inner join ig_ends as ends_a on links.identifier_key_a = ends_a.identifier_key
        inner join ig_ends as ends_b on links.identifier_key_b = ends_b.identifier_key
        where links.source_mask <> 1
    ),

    neighbours as (
        select typed.identifier_key_a as identifier_key, limits.counted_strength, limits.most
        from typed
        inner join limits on typed.strength_a = limits.strength and typed.strength_b = limits.counted_strength
        union all
        select typed.identifier_key_b as identifier_key, limits.counted_strength, limits.most
        from typed
        inner join limits on typed.strength_b = limits.strength and typed.strength_a = limits.counted_strength
    ),

    beyond as (
        select
            identifier_key,
            counted_strength,
            count(*) as neighbour_count,
            row_number() over (
                partition by identifier_key order by count(*) - min(most) desc, counted_strength desc
            ) as rank_of_type
        from neighbours
        group by identifier_key, counted_strength
        having count(*) > min(most)
    )

    select
        identifier_key,
        counted_strength as crowd_strength,
        neighbour_count as crowd_count
    from beyond
    where
        rank_of_type = 1
        {% if not plan.is_rebuild %}
        and identifier_key in (select identifier_key from ig_affected)
        {% endif %}
{% endmacro %}

{# What was counted or judged again, as it is to stand in the state. #}
{% macro graph_identifiers_after(plan) %}
    {% if plan.is_rebuild %}
    select
        counted.*,
        crowds.identifier_key is not null as is_shared,
        crowds.crowd_strength,
        crowds.crowd_count
    from ig_identifiers_counted as counted
    left join ig_crowds as crowds on counted.identifier_key = crowds.identifier_key
    {% else %}
    with

    judged as (
        select identifier_key from ig_affected
        union
        select identifier_key from ig_identifiers_counted
    ),

    before as (
        select identifiers.* from {{ graph_table('identifiers') }} as identifiers
        where identifiers.identifier_key in (select identifier_key from judged)
    )

    select
        judged.identifier_key,
        coalesce(before.strength, counted.strength) as strength,
        coalesce(before.blocking_priority, counted.blocking_priority) as blocking_priority,
        coalesce(counted.record_count, before.record_count) as record_count,
        case when counted.identifier_key is not null then counted.first_observed_at else before.first_observed_at end
            as first_observed_at,
        case when counted.identifier_key is not null then counted.last_observed_at else before.last_observed_at end
            as last_observed_at,
        case
            when affected.identifier_key is not null then crowds.identifier_key is not null
            else coalesce(before.is_shared, false)
        end as is_shared,
        case when affected.identifier_key is not null then crowds.crowd_strength else before.crowd_strength end
            as crowd_strength,
        case when affected.identifier_key is not null then crowds.crowd_count else before.crowd_count end
            as crowd_count
    from judged
    left join before on judged.identifier_key = before.identifier_key
    left join ig_identifiers_counted as counted on judged.identifier_key = counted.identifier_key
    left join ig_affected as affected on judged.identifier_key = affected.identifier_key
    left join ig_crowds as crowds on judged.identifier_key = crowds.identifier_key
    {% endif %}
{% endmacro %}

{# Incident links with the guard that withholds them now. #}
{% macro graph_guarded_links(plan) %}
    {% set attributes = plan.types | rejectattr('is_linking') | map(attribute='strength') | list %}
    {% set windows = [] %}
    {% for type in plan.types if type.link_window_days is not none %}
        {% do windows.append('when ' ~ type.strength ~ " then interval '" ~ type.link_window_days ~ " days'") %}
    {% endfor %}
    with

    shared as (
        select identifier_key from ig_crowds
        {% if not plan.is_rebuild %}
        union
        select ends.identifier_key
        from ig_ends as ends
        left join ig_affected as affected on ends.identifier_key = affected.identifier_key
        where ends.was_shared and affected.identifier_key is null
        {% endif %}
    ),

    unseen as (
        select identifier_key from ig_ends where record_count = 0
    )
    {% if attributes %},

    attributes as (
        select identifier_key from ig_ends where strength in ({{ attributes | join(', ') }})
    )
    {% endif %}
    {% if windows %},

    {# Links that the later life of one end has left behind. #}
    stale as (
        {% for side in ['a', 'b'] %}
        select links.identifier_key_a, links.identifier_key_b
        from ig_incident as links
        inner join ig_ends as ends on links.identifier_key_{{ side }} = ends.identifier_key
        where links.last_observed_at < ends.last_observed_at - case ends.strength {{ windows | join(' ') }} end
        {{ 'union' if not loop.last }}
        {% endfor %}
    )
    {% endif %}

    select
        links.*,
        case
            {% if attributes %}
            when
                links.identifier_key_a in (select identifier_key from attributes)
                or links.identifier_key_b in (select identifier_key from attributes)
                then 6
            {% endif %}
            when (links.source_mask & 1) = 1
                then case
                    when
                        links.identifier_key_a in (select identifier_key from unseen)
                        or links.identifier_key_b in (select identifier_key from unseen)
                        then 5
                    else 0
                end
            when
                links.identifier_key_a in (select identifier_key from shared)
                or links.identifier_key_b in (select identifier_key from shared)
                then 1
            {% if windows %}
            when stale.identifier_key_a is not null then 2
            {% endif %}
            else 0
        end as guard
    from ig_incident as links
    {% if windows %}
    left join stale
        on
            links.identifier_key_a = stale.identifier_key_a
            and links.identifier_key_b = stale.identifier_key_b
    {% endif %}
{% endmacro %}

{% macro graph_write_guarded(plan) %}
    {% set links = graph_table('links') %}
    {% set is_node = graph_is_node(plan) %}
    {% set rewritten %}
        select guarded.identifier_key_a, guarded.identifier_key_b
        from ig_guarded as guarded
        left join ig_touched_pairs as touched
            on
                guarded.identifier_key_a = touched.identifier_key_a
                and guarded.identifier_key_b = touched.identifier_key_b
        where touched.identifier_key_a is not null or guarded.guard is distinct from guarded.guard_before
        union
        select identifier_key_a, identifier_key_b from ig_links_before
    {% endset %}
    {% do replace_temp_table('ig_links_rewritten', rewritten) %}
    {% set deleted %}
        delete from {{ links }} as links
        using ig_links_rewritten as rewritten
        where
            links.identifier_key_a = rewritten.identifier_key_a
            and links.identifier_key_b = rewritten.identifier_key_b
    {% endset %}
    {% do run_query(deleted) %}
    {% set inserted %}
        insert into {{ links }}
        select
            guarded.identifier_key_a, guarded.identifier_key_b, guarded.record_count,
            guarded.source_mask, guarded.sample_record, guarded.first_observed_at,
            guarded.last_observed_at, guarded.guard,
            case when guarded.guard = 0 then guarded.cut_before else 0 end
        from ig_guarded as guarded
        inner join ig_links_rewritten as rewritten
            on
                guarded.identifier_key_a = rewritten.identifier_key_a
                and guarded.identifier_key_b = rewritten.identifier_key_b
    {% endset %}
    {% do run_query(inserted) %}
    {% do run_query('delete from ' ~ graph_table('identifiers') ~ ' where identifier_key in (select identifier_key from ig_identifiers_after)') %}
    {% do run_query('insert into ' ~ graph_table('identifiers') ~ ' select * from ig_identifiers_after') %}

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
    {% set nodes_before %}
        select nodes.* from {{ graph_table('nodes') }} as nodes
        where nodes.identifier_key in (select identifier_key from ig_identifiers_after)
    {% endset %}
    {% do replace_temp_table('ig_nodes_before', nodes_before) %}
    {% set nodes_new %}
        select judged.identifier_key
        from ig_identifiers_after as judged
        left join ig_nodes_before as nodes on judged.identifier_key = nodes.identifier_key
        where nodes.identifier_key is null and {{ is_node }}
    {% endset %}
    {% do replace_temp_table('ig_nodes_new', nodes_new) %}
    {% set nodes_gone %}
        select nodes.*
        from ig_nodes_before as nodes
        inner join ig_identifiers_after as judged on nodes.identifier_key = judged.identifier_key
        where not ({{ is_node }})
    {% endset %}
    {% do replace_temp_table('ig_nodes_gone', nodes_gone) %}
{% endmacro %}

{#
    Whether an identifier is a node. One that is shared or blocked is a node without links, so that records
    which carry nothing else have a profile too: that of a mailbox, not of a person.
#}
{% macro graph_is_node(plan) -%}
    {%- set attributes = plan.types | rejectattr('is_linking') | map(attribute='strength') | list -%}
    record_count > 0{% if attributes %} and strength not in ({{ attributes | join(', ') }}){% endif %}
{%- endmacro %}
