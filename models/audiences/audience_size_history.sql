-- Past sizes cannot be recomputed from current data, so a full refresh keeps this table. The last
-- run of a day replaces earlier ones.
{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='audience_size_id',
        on_schema_change='append_new_columns',
        full_refresh=false,
    )
}}

with

sizes as (
    select * from {{ ref('audience_sizes') }}
),

dated as (
    select
        {{ surrogate_key(['audience_name', 'cast(' ~ as_of() ~ ' as date)']) }}
            as audience_size_id,
        audience_name,
        member_count,
        holdout_count,
        contactable_count,
        capped_count,
        reachable_count,
        cast({{ as_of() }} as date) as size_date,
        {{ as_of() }} as measured_at
    from sizes
)

-- With empty inputs (`--empty`), every audience would seem to be empty today.
select * from dated
where {{ not flags.EMPTY }}
