{{ config(
    schema='metrics', group='audiences', unique_key='sync_delay_id',
    materialized='incremental', incremental_strategy='delete+insert',
) }}

{%- set last_date = "(select coalesce(max(run_date), date '1970-01-02') from " ~ this ~ ")" -%}

with

-- Past days keep their rows. Rejections are always read, because a row may stay rejected for a long
-- time.
answers as (
    select * from ({{ sync_answer_log() }}) as answers
    {% if is_incremental() %}
    where status = 'rejected' or recorded_at >= {{ last_date }} - interval '1 day'
    {% endif %}
),

-- Run ids may repeat: assign an answer to the last run with its id that began before it.
followed_runs as (
    select
        sync_name,
        run_id,
        started_at,
        lead(started_at) over (
            partition by sync_name, run_id
            order by started_at
        ) as next_started_at,
        lag(status) over (
            partition by sync_name
            order by started_at, run_id
        ) as previous_status
    from ({{ sync_run_log() }}) as runs
    where started_at is not null
),

-- Rows of an unsuccessful run remain due in the following runs.
numbered_runs as (
    select
        *,
        sum(case when previous_status = 'succeeded' then 1 else 0 end) over (
            partition by sync_name
            order by started_at, run_id
            rows unbounded preceding
        ) as attempt_number
    from followed_runs
),

dated_runs as (
    select
        *,
        min(started_at) over (partition by sync_name, attempt_number) as due_at
    from numbered_runs
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
            and (
                dated_runs.next_started_at is null
                or answers.recorded_at < dated_runs.next_started_at
            )
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
            dated_answers.recorded_at
            - least(dated_answers.due_at, coalesce(refused.due_at, dated_answers.due_at))
        )) as double precision) as delay_seconds
    from dated_answers
    left join refused
        on
            dated_answers.sync_name = refused.sync_name
            and dated_answers.sync_key = refused.sync_key
            and dated_answers.operation = refused.operation
            and dated_answers.revision = refused.revision
            and coalesce(dated_answers.payload_hash, '') = refused.payload_hash
    where
        dated_answers.status = 'delivered'
    {%- if is_incremental() %}
        and dated_answers.run_date >= {{ last_date }} - interval '1 day'
    {%- endif %}
),

-- Group rows with equal delays before sorting, since there may be many.
measured as (
    select
        sync_name,
        run_date,
        delay_seconds,
        count(*) as row_count
    from delivered
    group by sync_name, run_date, delay_seconds
),

counted as (
    select
        *,
        sum(row_count) over (
            partition by sync_name, run_date
            order by delay_seconds
            rows unbounded preceding
        ) as rows_until_then,
        sum(row_count) over (partition by sync_name, run_date) as rows_in_all
    from measured
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
