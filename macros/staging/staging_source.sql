{%- macro staging_source(channel, entity, json_columns=[], restage=none) -%}
    with

    raw_rows as not materialized (
        select * from {{ source(channel, entity) }}
    ),

    loads as (
        select * from {{ source('landing', 'landing_loads') }}
    ),
    {{ due_loads(channel, entity) }}

    due_rows as not materialized (
        select * from raw_rows
        where
            _load_id in (select due_loads.load_id from due_loads)
            -- Redundant condition that lets engines skip earlier rows.
            and _loaded_at >= (select min(due_loads.loaded_at) from due_loads)
        {%- if is_incremental() and restage %}
        union all
        select * from raw_rows
        where
            (_load_id, _row_number) in ({{ restage }})
            and _load_id not in (select due_loads.load_id from due_loads)
        {%- endif %}
    )

    select
        due_rows.*,
        {%- for column in json_columns %}
        {{ parse_json('due_rows.' ~ column) }} as parsed_{{ column }},
        {%- endfor %}
        due_rows as _raw
    from due_rows
    {{ optimisation_fence() }}
{%- endmacro -%}
