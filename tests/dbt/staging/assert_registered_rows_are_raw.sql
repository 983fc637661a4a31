{{ config(meta={'dagster': {'ref': {'name': 'staging_reconciliation'}}}) }}

-- Fails for a raw table whose number of rows differs from landing's log.
with

loads as (

    select * from {{ source('landing', 'landing_loads') }}
    where is_current

),

reconciliation as (

    select * from {{ ref('staging_reconciliation') }}

),

registered as (

    select
        table_name as raw_table,
        sum(row_count) as row_count
    from loads
    group by table_name

)

select registered.*
from registered
inner join reconciliation on registered.raw_table = reconciliation.raw_table
where registered.row_count <> reconciliation.raw_row_count
