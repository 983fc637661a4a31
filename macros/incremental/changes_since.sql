{#
    Batch of a log of changes that a model has taken in, or none where it is to be built whole: it is not
    there yet, a full refresh was asked for, the log says that everything changed, or reaches not back.
#}
{%- macro changes_since(log_model='int_journeys__changes') -%}
    {%- set log = ref(log_model) -%}
    {%- if not execute or not is_incremental() or not has_column(this, '_changed_batch') -%}
        {%- do return(none) -%}
    {%- endif -%}
    {%- set taken = query_value(
        'select case when exists (select 1 from ' ~ log ~ " where kind = 'run' and changed_batch <= taken)"
        ~ ' and not exists (select 1 from ' ~ log ~ ' where is_everything and changed_batch > taken) then taken end'
        ~ ' from (select max(_changed_batch) as taken from ' ~ this ~ ') as model'
    ) -%}
    {%- do return(none if taken is none else taken | int) -%}
{%- endmacro -%}

{#- Last batch of the log, which a model notes in `_changed_batch` of the rows that it writes. -#}
{%- macro changed_batch(log_model='int_journeys__changes') -%}
    (select max(changes.changed_batch) from {{ ref(log_model) }} as changes)
{%- endmacro -%}

{#-
    Condition that a profile is one of those whose records changed; null is nobody, of whom all rows count as
    changed together, or each by itself where a column says which order it is of.
-#}
{%- macro is_changed_profile(column, since, order_key=none, log_model='int_journeys__changes') -%}
    (
        {{ is_profile_with_changes(column, since, order_key, log_model) }}
        {%- if order_key %}
        or ({{ is_changed_order_of_nobody(column, since, order_key) }})
        {%- endif %}
    )
{%- endmacro -%}

{#- Its two halves, for who asks for one after the other. -#}
{%- macro is_profile_with_changes(column, since, order_key, log_model) -%}
    {{ column if order_key else 'coalesce(' ~ column ~ ", '')" }} in (
            select changes.profile_id from {{ ref(log_model) }} as changes
            where changes.kind = 'profile' and changes.changed_batch > {{ since }}
        )
{%- endmacro -%}

{%- macro is_changed_order_of_nobody(column, since, order_key) -%}
    {{ column }} is null and {{ is_listed_order(order_key, since) }}
{%- endmacro -%}

{#- Condition that a visitor is one of those whose events changed. -#}
{%- macro is_changed_visitor(channel, visitor_id, since) -%}
    ({{ channel }}, {{ visitor_id }}) in (
        select changes.channel, changes.visitor_id from {{ ref('int_journeys__changes') }} as changes
        where changes.kind = 'visitor' and changes.changed_batch > {{ since }}
    )
{%- endmacro -%}

{#- Condition that any event of a profile on a day changed. -#}
{%- macro is_changed_day(profile_id, day, since) -%}
    ({{ profile_id }}, {{ day }}) in (
        select changes.profile_id, changes.changed_date from {{ ref('int_journeys__changes') }} as changes
        where changes.kind = 'day' and changes.changed_batch > {{ since }}
    )
{%- endmacro -%}
