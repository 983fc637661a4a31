{#-
    Visitors whose events changed, as a subquery of one row each: from `changed_from` on what is theirs is to be
    built anew. All of their visits that began earlier are as they were.
-#}
{%- macro changed_visitors(since) -%}
    (
        select
            log.channel,
            log.visitor_id,
            min(log.changed_from) as changed_from
        from {{ ref('int_journeys__changes') }} as log
        where log.kind = 'visitor' and log.changed_batch > {{ since }}
        group by log.channel, log.visitor_id
    )
{%- endmacro -%}

{#- The same of profiles; an empty one is nobody. -#}
{%- macro changed_profiles(since) -%}
    (
        select
            log.profile_id,
            min(log.changed_from) as changed_from
        from {{ ref('int_journeys__changes') }} as log
        where log.kind = 'profile' and log.changed_batch > {{ since }}
        group by log.profile_id
    )
{%- endmacro -%}

{#-
    Join that keeps of a relation what is of a changed visitor and of a moment from which on all is built anew.
    By one column alone an engine leaves most rows out before it reads the others.
-#}
{%- macro join_changed_visitors(relation, moment, since) -%}
    inner join {{ changed_visitors(since) }} as changes
        on
            {{ relation }}.channel = changes.channel
            and {{ relation }}.visitor_id = changes.visitor_id
            and {{ moment }} >= changes.changed_from
            and {{ relation }}.visitor_id in (
                select changed.visitor_id from {{ changed_visitors(since) }} as changed
            )
{%- endmacro -%}

{#- The same of changed profiles. -#}
{%- macro join_changed_profiles(profile_id, moment, since) -%}
    inner join {{ changed_profiles(since) }} as changes
        on
            {{ profile_id }} = changes.profile_id
            and {{ moment }} >= changes.changed_from
{%- endmacro -%}

{#- Query of the conversions, or of those of changed profiles and moments, and of nobody's orders that changed. -#}
{%- macro changed_conversions(since) -%}
    select conversions.*
    from {{ ref('int_journeys__conversions') }} as conversions
    {%- if since is not none %}
    left join {{ changed_profiles(since) }} as changes
        on
            conversions.profile_id = changes.profile_id
            and conversions.converted_at >= changes.changed_from
    where
        changes.profile_id is not null
        or {{ is_changed_order_of_nobody('conversions.profile_id', since, 'order_key') }}
    {%- endif %}
{%- endmacro -%}

{#- Condition that a stored row is one of those of changed visitors that are built anew. -#}
{%- macro is_later_row_of_visitor(relation, moment, since) -%}
    {{ row_locator() }} in (
        select stored.{{ row_locator() }}
        from {{ relation }} as stored
        {{ join_changed_visitors('stored', moment, since) }}
    )
{%- endmacro -%}

{#- The same of changed profiles; of nobody only where its rows are not told apart by order. -#}
{%- macro is_later_row_of_profile(relation, moment, since, order_key) -%}
    {%- set profile_id = 'stored.profile_id' if order_key else "coalesce(stored.profile_id, '')" -%}
    {{ row_locator() }} in (
        select stored.{{ row_locator() }}
        from {{ relation }} as stored
        {{ join_changed_profiles(profile_id, moment, since) }}
    )
{%- endmacro -%}
