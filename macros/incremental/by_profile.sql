{#-
    Settings of a model that is built again for the profiles whose records changed, and for the rows of
    the condition `always`, which other profiles or the time decide too. `as_of()` in it is put in with each
    run: settings are read once for many. Where all rows of nobody are of an order, `order_key` names its
    column. What other records decide too has a log of its own. With `unique_key`, stored rows of the keys that
    are written go first, whosever they were. Where nothing that comes later can alter a row, `moment` is the
    expression of its time, and earlier rows than the first change stay.
-#}
{%- macro by_profile(always='', order_key='', log_model='int_journeys__changes', unique_key=none, moment='') -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_profile',
        unique_key=unique_key,
        on_schema_change='append_new_columns',
        indexes=index_columns(['profile_id']),
        meta={'always_replaced': always, 'order_key': order_key, 'log_model': log_model, 'moment': moment},
    ) }}
{%- endmacro -%}

{#- The same for the visitors whose events changed; who is one, two expressions of the model's columns say. -#}
{%- macro by_visitor(channel='channel', visitor_id='visitor_id', moment='') -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_visitor',
        on_schema_change='append_new_columns',
        indexes=index_columns([visitor_id]),
        meta={'channel': channel, 'visitor_id': visitor_id, 'moment': moment},
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

{#- The same where a row is of a visitor and a moment, or of a profile, which the other column leaves empty. -#}
{%- macro by_visitor_or_profile(moment) -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_visitor_or_profile',
        on_schema_change='append_new_columns',
        indexes=index_columns(['visitor_id', 'profile_id']),
        meta={'moment': moment},
    ) }}
{%- endmacro -%}

{%- macro get_incremental_by_profile_sql(arguments) -%}
    {%- set log_model, order_key = config.meta_get('log_model'), config.meta_get('order_key') -%}
    {%- set since = changes_since(log_model) -%}
    {%- if since is none -%}
        {{ replace_changed(arguments, none) }}
    {%- else -%}
        {%- set moment = config.meta_get('moment') -%}
        {%- set conditions = [
            is_later_row_of_profile(arguments.target_relation, moment, since, order_key) if moment
            else is_profile_with_changes('profile_id', since, order_key, log_model)
        ] -%}
        {%- if order_key -%}{%- do conditions.append(is_changed_order_of_nobody('profile_id', since, order_key)) -%}{%- endif -%}
        {%- if config.meta_get('always_replaced') -%}
            {%- do conditions.append(config.meta_get('always_replaced') | replace('as_of()', as_of())) -%}
        {%- endif -%}
        {%- if arguments.unique_key -%}
            {%- do conditions.append(
                arguments.unique_key ~ ' in (select ' ~ arguments.unique_key ~ ' from ' ~ arguments.temp_relation ~ ')'
            ) -%}
        {%- endif -%}
        {{ replace_changed(arguments, conditions) }}
    {%- endif -%}
{%- endmacro -%}

{%- macro get_incremental_by_visitor_sql(arguments) -%}
    {%- set since = changes_since() -%}
    {%- set moment = config.meta_get('moment') -%}
    {%- set condition -%}
        {%- if moment -%}
            {{ is_later_row_of_visitor(arguments.target_relation, moment, since) }}
        {%- else -%}
            {{ is_changed_visitor(config.meta_get('channel'), config.meta_get('visitor_id'), since) }}
        {%- endif -%}
    {%- endset -%}
    {{ replace_changed(arguments, [condition] if since is not none) }}
{%- endmacro -%}

{%- macro get_incremental_by_profile_day_sql(arguments) -%}
    {%- set since = changes_since() -%}
    {{ replace_changed(arguments, [is_changed_day('profile_id', 'activity_date', since)] if since is not none) }}
{%- endmacro -%}

{%- macro get_incremental_by_visitor_or_profile_sql(arguments) -%}
    {%- set since = changes_since() -%}
    {%- set conditions = [
        'visitor_id is null and ' ~ is_changed_profile('profile_id', since),
        is_later_row_of_visitor(arguments.target_relation, config.meta_get('moment'), since),
    ] -%}
    {{ replace_changed(arguments, conditions if since is not none) }}
{%- endmacro -%}

{#- Strategy of a small model that is written whole but reads what it held. -#}
{%- macro get_incremental_whole_sql(arguments) -%}
    {{ replace_changed(arguments, none) }}
{%- endmacro -%}

{#-
    Takes away the rows of each of some conditions, or all where there are none, and writes those of the query.
    One after another, since an engine looks for each by itself in one pass, but for either row by row.
-#}
{%- macro replace_changed(arguments, conditions) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {%- for condition in conditions or [none] -%}
    delete from {{ arguments.target_relation }}
    {%- if condition %}
    where {{ condition }}
    {%- endif %};

    {% endfor -%}
    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }}
    from {{ arguments.temp_relation }}
{%- endmacro -%}
