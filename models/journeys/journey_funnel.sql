with

reached_steps as (
    select * from {{ ref('int_journeys__funnel_steps') }}
),

listed_steps as (
    select
        funnel,
        step_number,
        min(step_name) as step_name,
        min(scope) as scope
    from {{ ref('funnel_steps') }}
    group by funnel, step_number
),

-- Convert to local dates once per 15 minutes: time-zone conversion per row is expensive.
entered_quarter_hours as (
    select
        quarter_hour,
        cast(date_trunc('month', {{ reporting_date('quarter_hour') }}) as date) as entered_month
    from (
        select distinct {{ quarter_hour('entered_at') }} as quarter_hour from reached_steps
    ) as entered
),

dated_steps as (
    select
        reached_steps.funnel,
        reached_steps.step_number,
        entered_quarter_hours.entered_month,
        {{ seconds_between('reached_steps.previous_reached_at', 'reached_steps.reached_at') }}
            as seconds_from_previous
    from reached_steps
    inner join entered_quarter_hours
        on {{ quarter_hour('reached_steps.entered_at') }} = entered_quarter_hours.quarter_hour
),

step_totals as (
    select
        funnel,
        entered_month,
        step_number,
        count(*) as reached_count,
        avg(cast(seconds_from_previous as double precision)) as average_seconds_from_previous,
        percentile_cont(0.5) within group (
            order by cast(seconds_from_previous as double precision)
        ) as median_seconds_from_previous
    from dated_steps
    group by funnel, entered_month, step_number
),

listed_months as (
    select distinct
        funnel,
        entered_month
    from step_totals
),

-- Steps that were not reached get a row with count 0.
all_steps as (
    select
        listed_steps.funnel,
        listed_months.entered_month,
        listed_steps.step_number,
        listed_steps.step_name,
        listed_steps.scope,
        coalesce(step_totals.reached_count, 0) as reached_count,
        step_totals.average_seconds_from_previous,
        step_totals.median_seconds_from_previous
    from listed_steps
    inner join listed_months on listed_steps.funnel = listed_months.funnel
    left join step_totals
        on
            listed_steps.funnel = step_totals.funnel
            and listed_months.entered_month = step_totals.entered_month
            and listed_steps.step_number = step_totals.step_number
),

compared_with_previous as (
    select
        {{ surrogate_key(['funnel', 'entered_month', 'step_number']) }} as funnel_step_id,
        funnel,
        step_number,
        step_name,
        scope,
        reached_count,
        lag(reached_count) over steps as previous_count,
        cast(reached_count as double precision)
        / nullif(lag(reached_count) over steps, 0) as step_conversion_rate,
        cast(reached_count as double precision)
        / nullif(first_value(reached_count) over steps, 0) as funnel_conversion_rate,
        average_seconds_from_previous,
        median_seconds_from_previous,
        entered_month
    from all_steps
    window steps as (partition by funnel, entered_month order by step_number)
)

select * from compared_with_previous
