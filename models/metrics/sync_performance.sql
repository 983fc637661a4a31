{{ config(schema='metrics', group='audiences', materialized='table') }}

with

runs as (
    {{ sync_run_log() }}
),

delays as (
    select * from {{ ref('sync_delays') }}
),

timed_runs as (
    select
        *,
        cast(started_at as date) as run_date,
        {{ seconds_between('started_at', 'finished_at') }} as run_seconds
    from runs
    where started_at is not null
),

runs_per_day as (
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
    from timed_runs
    group by sync_name, run_date
),

with_delays as (
    select
        runs_per_day.sync_performance_id,
        runs_per_day.sync_name,
        runs_per_day.destination,
        runs_per_day.run_count,
        runs_per_day.failed_run_count,
        runs_per_day.inserted_count,
        runs_per_day.updated_count,
        runs_per_day.deleted_count,
        runs_per_day.rejected_count,
        runs_per_day.withheld_count,
        runs_per_day.average_run_seconds,
        delays.median_delay_seconds,
        delays.p95_delay_seconds,
        delays.longest_delay_seconds,
        runs_per_day.run_date,
        runs_per_day.last_finished_at
    from runs_per_day
    left join delays
        on runs_per_day.sync_name = delays.sync_name and runs_per_day.run_date = delays.run_date
)

select * from with_delays
