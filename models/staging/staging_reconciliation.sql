{{ config(materialized='table', access='public', contract={'enforced': true}) }}

with

current_loads as (
    select * from {{ source('landing', 'landing_loads') }}
    where is_current
),

landed as (
    {% for channel, entity in staged_entities() + entities_in_place() %}
    select
        '{{ channel }}__{{ entity }}' as raw_table,
        cast(coalesce(sum(row_count), 0) as bigint) as raw_row_count,
        cast(coalesce(sum(row_count - 1), 0) as bigint) as replaced_row_count
    from ({{ landed_rows(channel, entity) }}) as landed_rows
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

rejected_by_landing as (
    select
        table_name as raw_table,
        sum(quarantined_row_count) as landing_quarantined_row_count
    from current_loads
    group by table_name
),

staged as (
    {% for channel, entity in staged_entities() + entities_in_place() %}
    select
        '{{ channel }}__{{ entity }}' as raw_table,
        count(case when _row_status = 'accepted' then 1 end) as staged_row_count,
        count(case when _row_status = 'duplicate' then 1 end) as duplicate_row_count,
        count(case when _row_status = 'quarantined' then 1 end) as quarantined_row_count
    from {{ ref('base_' ~ channel ~ '__' ~ entity) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

reconciled as (
    select
        landed.raw_table,
        landed.raw_row_count,
        staged.staged_row_count,
        staged.duplicate_row_count + landed.replaced_row_count as duplicate_row_count,
        staged.quarantined_row_count,
        cast(
            coalesce(rejected_by_landing.landing_quarantined_row_count, 0) as bigint
        ) as landing_quarantined_row_count
    from landed
    inner join staged on landed.raw_table = staged.raw_table
    left join rejected_by_landing on landed.raw_table = rejected_by_landing.raw_table
)

select * from reconciled
