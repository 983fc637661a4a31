{#-
    Settings of a model whose rows are credits of an order by an attribution model: built again for the orders
    of which the person, amount or touches changed, and where an effect of channels moved for all orders by
    the models that weigh by effects.
-#}
{%- macro by_order() -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_order',
        on_schema_change='append_new_columns',
        indexes=index_columns(['order_key']),
    ) }}
{%- endmacro -%}

{%- macro get_incremental_by_order_sql(arguments) -%}
    {%- set since = changes_since() -%}
    {%- if since is none -%}
        {{ replace_changed(arguments, none) }}
    {%- else -%}
        {%- set conditions = [is_changed_order('order_key', since)] -%}
        {%- if effects_moved(since) -%}{%- do conditions.append(weighs_all_journeys('attribution_model')) -%}{%- endif -%}
        {{ replace_changed(arguments, conditions) }}
    {%- endif -%}
{%- endmacro -%}

{#- Condition that an order's credits by an attribution model are to be dealt out anew. -#}
{%- macro is_credited_anew(order_key, attribution_model, since, moved) -%}
    (
        {{ is_changed_order(order_key, since) }}
        {%- if moved %}
        or {{ weighs_all_journeys(attribution_model) }}
        {%- endif %}
    )
{%- endmacro -%}

{#-
    Condition that an order is one of those whose person, amount or touches changed, or that are gone: these
    are listed, but have no state left.
-#}
{%- macro is_changed_order(column, since) -%}
    {{ column }} in (
        select states.order_key from {{ ref('int_journeys__conversion_states') }} as states
        where states._credited_batch > {{ since }}
        union all
        select changes.order_key from {{ ref('int_journeys__changes') }} as changes
        left join {{ ref('int_journeys__conversion_states') }} as states on changes.order_key = states.order_key
        where
            changes.kind = 'order'
            and changes.changed_batch > {{ since }}
            and states.order_key is null
    )
{%- endmacro -%}

{#- Settings of a model whose rows of an order are made of the reports and lines of that order alone. -#}
{%- macro by_changed_order() -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_changed_order',
        on_schema_change='append_new_columns',
        indexes=index_columns(['order_key', 'profile_id']),
    ) }}
{%- endmacro -%}

{%- macro get_incremental_by_changed_order_sql(arguments) -%}
    {%- set since = changes_since() -%}
    {{ replace_changed(arguments, [is_listed_order('order_key', since)] if since is not none) }}
{%- endmacro -%}

{#- Condition that a report or line of an order changed. -#}
{%- macro is_listed_order(order_key, since) -%}
    {{ order_key }} in (
        select changes.order_key from {{ ref('int_journeys__changes') }} as changes
        where changes.kind = 'order' and changes.changed_batch > {{ since }}
    )
{%- endmacro -%}
