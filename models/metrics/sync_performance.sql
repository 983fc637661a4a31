{{ config(schema='metrics', group='audiences', materialized='table') }}

with

runs as (
    {{ sync_run_log() }}
),

delays as (
    select * from {{ ref('sync_delays') }}
),

measured as (
    select
        *,
        cast(started_at as date) as run_date,
        {{ seconds_between('started_at', 'finished_at') }} as run_seconds
    from runs
    where started_at is not null
),

summed as (
    select
        {{ surrogate_key(['sync_name', 'run_date']) }} as sync_performance_id,
        sync_name,
        max(destination) as destination,
        count(*) as run_count,
        count(
            case when finished_at is not null and status <> 'succeeded' then 1 end
        ) as failed_run_count,
        cast(sum(coalesce(inserted_count, 0)) as bigint) as inserted_count,
        cast(sum(coalesce(updated_count, 0)) as bigint) as updated_count,
        cast(sum(coalesce(deleted_count, 0)) as bigint) as deleted_count,
        cast(sum(coalesce(rejected_count, 0)) as bigint) as rejected_count,
        cast(max(coalesce(withheld_count, 0)) as bigint) as withheld_count,
        cast(avg(run_seconds) as double precision) as average_run_seconds,
        run_date,
        max(finished_at) as last_finished_at
    from measured
    group by sync_name, run_date
),

delayed as (
    select
        summed.sync_performance_id,
        summed.sync_name,
        summed.destination,
        summed.run_count,
        summed.failed_run_count,
        summed.inserted_count,
        summed.updated_count,
        summed.deleted_count,
        summed.rejected_count,
        summed.withheld_count,
        summed.average_run_seconds,
        delays.median_delay_seconds,
        delays.p95_delay_seconds,
        delays.longest_delay_seconds,
        summed.run_date,
        summed.last_finished_at
    from summed
    left join delays
        on summed.sync_name = delays.sync_name and summed.run_date = delays.run_date
)

select * from delayed
