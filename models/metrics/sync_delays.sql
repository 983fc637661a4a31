{{ config(
    schema='metrics', group='audiences', unique_key='sync_delay_id',
    materialized='incremental', incremental_strategy='delete+insert',
) }}

{%- set first_date = "(select coalesce(max(run_date), date '1970-01-02') - interval '1 day' from "
    ~ this ~ ")" if is_incremental() else "date '1970-01-01'" -%}

with

-- Past days keep their rows. Rejections are always read, because a row may stay rejected for a long
-- time.
answers as (
    select * from ({{ sync_answer_log() }}) as answers
    where status = 'rejected' or recorded_at >= {{ first_date }}
),

-- Run ids may repeat: assign an answer to the last run with its id that began before it.
followed_runs as (
    select
        sync_name,
        run_id,
        started_at,
        lead(started_at, 1, timestamp '9999-12-31') over (
            partition by sync_name, run_id order by started_at
        ) as next_started_at,
        lag(status, 1, 'succeeded') over (
            partition by sync_name order by started_at, run_id
        ) as previous_status
    from ({{ sync_run_log() }}) as runs
    where started_at is not null
),

-- Rows are due from the first run after a successful one: those of an unsuccessful run remain due.
dated_runs as (
    select
        *,
        max(case when previous_status = 'succeeded' then started_at end) over (
            partition by sync_name order by started_at, run_id rows unbounded preceding
        ) as due_at
    from followed_runs
),

dated_answers as (
    select
        answers.*,
        dated_runs.due_at,
        cast(dated_runs.started_at as date) as run_date
    from answers
    inner join dated_runs
        on
            answers.sync_name = dated_runs.sync_name
            and answers.run_id = dated_runs.run_id
            and answers.recorded_at >= dated_runs.started_at
            and answers.recorded_at < dated_runs.next_started_at
),

-- A rejected row counts as the same change as long as its revision and payload stay the same.
refused as (
    select
        sync_name,
        sync_key,
        operation,
        revision,
        coalesce(payload_hash, '') as payload_hash,
        min(due_at) as due_at
    from dated_answers
    where status = 'rejected'
    group by sync_name, sync_key, operation, revision, coalesce(payload_hash, '')
),

delivered as (
    select
        dated_answers.sync_name,
        dated_answers.run_date,
        cast(extract(epoch from (
            dated_answers.recorded_at - least(dated_answers.due_at, refused.due_at)
        )) as double precision) as delay_seconds
    from dated_answers
    left join refused
        on
            dated_answers.sync_name = refused.sync_name
            and dated_answers.sync_key = refused.sync_key
            and dated_answers.operation = refused.operation
            and dated_answers.revision = refused.revision
            and coalesce(dated_answers.payload_hash, '') = refused.payload_hash
    where dated_answers.status = 'delivered' and dated_answers.run_date >= {{ first_date }}
),

-- Group rows with equal delays before sorting, since there may be many.
counted as (
    select
        sync_name,
        run_date,
        delay_seconds,
        count(*) as row_count,
        sum(count(*)) over (
            partition by sync_name, run_date order by delay_seconds rows unbounded preceding
        ) as rows_until_then,
        sum(count(*)) over (partition by sync_name, run_date) as rows_in_all
    from delivered
    group by sync_name, run_date, delay_seconds
),

delays_per_day as (
    select
        {{ surrogate_key(['sync_name', 'run_date']) }} as sync_delay_id,
        sync_name,
        cast(sum(row_count) as bigint) as delivered_count,
        min(case when rows_until_then >= 0.5 * rows_in_all then delay_seconds end)
            as median_delay_seconds,
        min(case when rows_until_then >= 0.95 * rows_in_all then delay_seconds end)
            as p95_delay_seconds,
        max(delay_seconds) as longest_delay_seconds,
        run_date
    from counted
    group by sync_name, run_date
)

select * from delays_per_day
