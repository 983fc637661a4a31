with

-- Journeys that may still convert say nothing yet.
steps as (
    select
        journey_id,
        {{ journey_status('open_until', as_of()) }} as journey_status,
        marketing_channel,
        step_number
    from {{ ref('int_journeys__journey_steps') }}
    where open_until is null or open_until <= {{ as_of() }}
),

followed as (
    select
        journey_id,
        journey_status,
        marketing_channel,
        lead(marketing_channel) over (
            partition by journey_id order by step_number
        ) as next_channel,
        step_number
    from steps
),

found_transitions as (
    select
        '(start)' as from_state,
        marketing_channel as to_state
    from followed
    where step_number = 1
    union all
    select
        marketing_channel as from_state,
        coalesce(
            next_channel,
            case when journey_status = 'converted' then '(conversion)' else '(null)' end
        ) as to_state
    from followed
),

counted as (
    select
        from_state,
        to_state,
        count(*) as transition_count
    from found_transitions
    group by from_state, to_state
),

compared as (
    select
        from_state,
        to_state,
        transition_count,
        cast(
            cast(transition_count as double precision)
            / cast(sum(transition_count) over (partition by from_state) as double precision)
            as numeric(19, 18)
        ) as probability
    from counted
)

select * from compared
