with

reached as (
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

-- A time zone costs much for each row.
entered_quarter_hours as (
    select
        quarter_hour,
        cast(date_trunc('month', {{ reporting_date('quarter_hour') }}) as date) as entered_month
    from (select distinct {{ quarter_hour('entered_at') }} as quarter_hour from reached) as entered
),

dated as (
    select
        reached.funnel,
        reached.step_number,
        entered_quarter_hours.entered_month,
        {{ seconds_between('reached.previous_reached_at', 'reached.reached_at') }}
            as seconds_from_previous
    from reached
    inner join entered_quarter_hours
        on {{ quarter_hour('reached.entered_at') }} = entered_quarter_hours.quarter_hour
),

summed as (
    select
        funnel,
        entered_month,
        step_number,
        count(*) as reached_count,
        avg(cast(seconds_from_previous as double precision)) as average_seconds_from_previous,
        percentile_cont(0.5) within group (
            order by cast(seconds_from_previous as double precision)
        ) as median_seconds_from_previous
    from dated
    group by funnel, entered_month, step_number
),

listed_months as (
    select distinct
        funnel,
        entered_month
    from summed
),

-- A step that nobody reached is a row too.
completed as (
    select
        listed_steps.funnel,
        listed_months.entered_month,
        listed_steps.step_number,
        listed_steps.step_name,
        listed_steps.scope,
        coalesce(summed.reached_count, 0) as reached_count,
        summed.average_seconds_from_previous,
        summed.median_seconds_from_previous
    from listed_steps
    inner join listed_months on listed_steps.funnel = listed_months.funnel
    left join summed
        on
            listed_steps.funnel = summed.funnel
            and listed_months.entered_month = summed.entered_month
            and listed_steps.step_number = summed.step_number
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
    from completed
    window steps as (partition by funnel, entered_month order by step_number)
)

select * from compared_with_previous
