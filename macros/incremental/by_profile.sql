{#-
    Settings of a model that is built again for the profiles whose records changed, and for the rows of
    the condition `always`, which other profiles or the time decide too. `as_of()` in it is put in with each
    run: settings are read once for many. Where all rows of nobody are of an order, `order_key` names its
    column. What other records decide too has a log of its own. With `unique_key`, rows that are made of the
    records of several profiles are replaced as soon as one of these changed.
-#}
{%- macro by_profile(always='', order_key='', log_model='int_journeys__changes', unique_key=none) -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_profile',
        unique_key=unique_key,
        on_schema_change='append_new_columns',
        indexes=index_columns(['profile_id']),
        meta={'always_replaced': always, 'order_key': order_key, 'log_model': log_model},
    ) }}
{%- endmacro -%}

{#- The same for the visitors whose events changed; who is one, two expressions of the model's columns say. -#}
{%- macro by_visitor(channel='channel', visitor_id='visitor_id') -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_visitor',
        on_schema_change='append_new_columns',
        indexes=index_columns([visitor_id]),
        meta={'channel': channel, 'visitor_id': visitor_id},
    ) }}
{%- endmacro -%}

{#- The same for the days of profiles of which an event changed, by `activity_date`. -#}
{%- macro by_profile_day() -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_profile_day',
        on_schema_change='append_new_columns',
        indexes=index_columns(['profile_id']),
    ) }}
{%- endmacro -%}

{#- The same where a row is of a visitor or of a profile, which the other column leaves empty. -#}
{%- macro by_visitor_or_profile() -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_visitor_or_profile',
        on_schema_change='append_new_columns',
        indexes=index_columns(['visitor_id', 'profile_id']),
    ) }}
{%- endmacro -%}

{%- macro get_incremental_by_profile_sql(arguments) -%}
    {%- set log_model = config.meta_get('log_model') -%}
    {%- set since = changes_since(log_model) -%}
    {%- set condition -%}
        {{ is_changed_profile('profile_id', since, config.meta_get('order_key'), log_model) }}
        {%- set always = config.meta_get('always_replaced') or '' -%}
        {%- if always %} or ({{ always | replace('as_of()', as_of()) }}){% endif %}
        {%- if arguments.unique_key %}
        or {{ arguments.unique_key }} in (select {{ arguments.unique_key }} from {{ arguments.temp_relation }})
        {%- endif %}
    {%- endset -%}
    {{ replace_changed(arguments, condition if since is not none) }}
{%- endmacro -%}

{%- macro get_incremental_by_visitor_sql(arguments) -%}
    {%- set since = changes_since() -%}
    {%- set condition -%}
        {{ is_changed_visitor(config.meta_get('channel'), config.meta_get('visitor_id'), since) }}
    {%- endset -%}
    {{ replace_changed(arguments, condition if since is not none) }}
{%- endmacro -%}

{%- macro get_incremental_by_profile_day_sql(arguments) -%}
    {%- set since = changes_since() -%}
    {{ replace_changed(arguments, is_changed_day('profile_id', 'activity_date', since) if since is not none) }}
{%- endmacro -%}

{%- macro get_incremental_by_visitor_or_profile_sql(arguments) -%}
    {%- set since = changes_since() -%}
    {%- set condition -%}
        case
            when visitor_id is null then {{ is_changed_profile('profile_id', since) }}
            else {{ is_changed_visitor('channel', 'visitor_id', since) }}
        end
    {%- endset -%}
    {{ replace_changed(arguments, condition if since is not none) }}
{%- endmacro -%}

{#- Strategy of a small model that is written whole but reads what it held. -#}
{%- macro get_incremental_whole_sql(arguments) -%}
    {{ replace_changed(arguments, none) }}
{%- endmacro -%}

{#- Takes away the rows of a condition, or all where there is none, and writes those of the query. -#}
{%- macro replace_changed(arguments, condition) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments.target_relation }}
    {%- if condition %}
    where {{ condition }}
    {%- endif %};

    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }}
    from {{ arguments.temp_relation }}
{%- endmacro -%}
