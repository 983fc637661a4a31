{#- Rows of the raw table that this run types: of current loads, and on an incremental run only of
    those the model holds no row of. What the model holds is the state, so that a run that failed,
    or loads that commit out of order, leave nothing behind. -#}
{%- macro staging_source(channel, entity, json_columns=[], restage=none) -%}
    with

    raw_rows as (

        select * from {{ source(channel, entity) }}

    ),

    loads as (

        select * from {{ source('landing', 'landing_loads') }}

    ),

    due_loads as (

        select loads.load_id
        from loads
        where loads.table_name = '{{ channel }}__{{ entity }}' and loads.is_current
            {%- if is_incremental() %}
            and not exists (
                select 1 from {{ this }} as staged where staged._load_id = loads.load_id
            )
            {%- endif %}

    )

    select
        raw_rows.*,
        {%- for column in json_columns %}
        {{ parse_json('raw_rows.' ~ column) }} as parsed_{{ column }},
        {%- endfor %}
        raw_rows as _raw
    from raw_rows
    where
        raw_rows._load_id in (select due_loads.load_id from due_loads)
    {%- if is_incremental() and restage %}
        or (raw_rows._load_id, raw_rows._row_number) in ({{ restage }})
    {%- endif %}
    {{ optimisation_fence() }}
{%- endmacro -%}
