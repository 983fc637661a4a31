{#-
    Settings of a model that keeps the history of its rows as a slowly changing dimension of type 2: `valid_from_batch`
    is the run that wrote a row, `valid_to_batch` the run that replaced or removed it (null for current rows). The
    model's query returns the changes: new rows, and for removed rows their key with a null `valid_from_batch`.
-#}
{%- macro history_of(key, indexes=[]) -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='history',
        unique_key=key | join(', '),
        on_schema_change='append_new_columns',
        indexes=index_columns(indexes + ['valid_from_batch', 'valid_to_batch']),
        post_hook="{{ record_processed() }}",
    ) }}
{%- endmacro -%}

{%- macro get_incremental_history_sql(arguments) -%}
    {%- set target, temporary, key = arguments.target_relation, arguments.temp_relation, arguments.unique_key -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {{ gather_statistics(temporary) }}
    {%- if processed_batch() is none %}
    delete from {{ target }};
    {%- else %}
    update {{ target }}
    set valid_to_batch = {{ current_batch() }}
    where valid_to_batch is null and ({{ key }}) in (select {{ key }} from {{ temporary }});

    delete from {{ target }} where valid_to_batch < {{ oldest_kept_batch() }};
    {%- endif %}

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ temporary }}
    where valid_from_batch is not null
{%- endmacro -%}

{#- Query of a history model that computes all of its rows in each run: returns the new, changed and removed rows. -#}
{%- macro history_changes(relation, key, columns) -%}
    {%- if processed_batch() is none -%}
    select
        {{ (key + columns) | join(', ') }},
        cast({{ current_batch() }} as bigint) as valid_from_batch,
        cast(null as bigint) as valid_to_batch
    from {{ relation }}
    {%- else -%}
    select
        {%- for column in key %}
        coalesce(computed.{{ column }}, stored.{{ column }}) as {{ column }},
        {%- endfor %}
        {%- for column in columns %}
        computed.{{ column }},
        {%- endfor %}
        cast(case when computed.{{ key[0] }} is not null then {{ current_batch() }} end as bigint)
            as valid_from_batch,
        cast(null as bigint) as valid_to_batch
    from {{ relation }} as computed
    full join (select * from {{ this }} where valid_to_batch is null) as stored
        on
            {%- for column in key %}
            {{ 'and ' if not loop.first }}computed.{{ column }} = stored.{{ column }}
            {%- endfor %}
    where
        computed.{{ key[0] }} is null
        or stored.{{ key[0] }} is null
        {%- for column in columns %}
        or computed.{{ column }} is distinct from stored.{{ column }}
        {%- endfor %}
    {%- endif -%}
{%- endmacro -%}

{#- Changes are kept for 14 days: a model that has not run for longer is built in full. -#}
{%- macro oldest_kept_batch() -%}
    {%- do return(run_started_microseconds() - 14 * 86400000000) -%}
{%- endmacro -%}
