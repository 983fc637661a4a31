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

{#- Condition that a stored row is of a changed visitor and of a moment from which on all is built anew. -#}
{%- macro is_later_row_of_visitor(relation, moment, since) -%}
    {{ row_locator() }} in (
        select stored.{{ row_locator() }}
        from {{ relation }} as stored
        inner join {{ changed_visitors(since) }} as changes
            on
                stored.channel = changes.channel
                and stored.visitor_id = changes.visitor_id
                and {{ moment }} >= changes.changed_from
    )
{%- endmacro -%}

{#- The same of a changed profile; of nobody only where its rows are not told apart by order. -#}
{%- macro is_later_row_of_profile(relation, moment, since, order_key) -%}
    {{ row_locator() }} in (
        select stored.{{ row_locator() }}
        from {{ relation }} as stored
        inner join {{ changed_profiles(since) }} as changes
            on
                {{ 'stored.profile_id' if order_key else "coalesce(stored.profile_id, '')" }} = changes.profile_id
                and {{ moment }} >= changes.changed_from
    )
{%- endmacro -%}
