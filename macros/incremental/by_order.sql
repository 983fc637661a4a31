{#-
    Settings of a model that is built again for the orders that are to be credited anew, and for the rows of the
    condition `always`. `effects_moved()` in it is put in with each run: settings are read once for many.
-#}
{%- macro by_order(always='') -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_order',
        on_schema_change='append_new_columns',
        indexes=index_columns(['order_key']),
        meta={'always_replaced': always},
    ) }}
{%- endmacro -%}

{#- Orders that are gone have no state left. -#}
{%- macro get_incremental_by_order_sql(arguments) -%}
    {%- set since = changes_since() -%}
    {%- if since is none -%}
        {{ replace_changed(arguments, none) }}
    {%- else -%}
        {%- set states = ref('int_journeys__conversion_states') -%}
        {%- set conditions = [
            is_changed_order('order_key', since),
            'order_key not in (select states.order_key from ' ~ states ~ ' as states)',
        ] -%}
        {%- set moved = effects_moved(since) -%}
        {%- if config.meta_get('always_replaced') and moved == 'true' -%}
            {%- do conditions.append(config.meta_get('always_replaced') | replace('effects_moved()', moved)) -%}
        {%- endif -%}
        {{ replace_changed(arguments, conditions) }}
    {%- endif -%}
{%- endmacro -%}

{#- Condition that an order is one of those whose person, amount or touches changed. -#}
{%- macro is_changed_order(column, since) -%}
    {{ column }} in (
        select states.order_key from {{ ref('int_journeys__conversion_states') }} as states
        where states._credited_batch > {{ since }}
    )
{%- endmacro -%}
