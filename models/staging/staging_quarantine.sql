{{ config(materialized='table', access='public', contract={'enforced': true}) }}

with

rejected_by_staging as (
    {% for channel, entity in staged_entities() + entities_in_place() %}
    select
        '{{ channel }}__{{ entity }}' as raw_table,
        _load_id as load_id,
        _file as file,
        _row_number as row_number,
        _quarantine_reason as reason,
        _original_text as original_text,
        _loaded_at as loaded_at
    from {{ ref('base_' ~ channel ~ '__' ~ entity) }}
    where _row_status = 'quarantined'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

rejected_by_landing as (
    select * from {{ source('landing', 'landing_quarantine') }}
),

loads as (
    select * from {{ source('landing', 'landing_loads') }}
),

current_files as (
    select
        file,
        max(loaded_at) as loaded_at
    from loads
    where is_current
    group by file
),

rejected as (
    select
        'staging' as source,
        rejected_by_staging.*
    from rejected_by_staging

    union all

    select
        'landing' as source,
        rejected_by_landing.table_name as raw_table,
        rejected_by_landing.load_id,
        rejected_by_landing.file,
        rejected_by_landing.row_number,
        rejected_by_landing.reason,
        rejected_by_landing.original_text,
        rejected_by_landing.loaded_at
    from rejected_by_landing
    left join loads on rejected_by_landing.load_id = loads.load_id
    left join current_files on rejected_by_landing.file = current_files.file
    -- Rejections in replaced file versions no longer matter. A file that could not be read at all
    -- has no load.
    where
        loads.is_current
        or (
            loads.load_id is null
            and rejected_by_landing.loaded_at >= coalesce(
                current_files.loaded_at, rejected_by_landing.loaded_at
            )
        )
),

keyed as (
    select
        {{ surrogate_key(['source', 'raw_table', 'load_id', "coalesce(row_number, 0)"]) }}
            as quarantined_row_id,
        rejected.*
    from rejected
)

select * from keyed
