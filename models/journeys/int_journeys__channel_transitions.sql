with

conversions as (
    select * from {{ ref('int_journeys__conversions') }}
    where converted_at <= {{ attribution_learned_at() }}
),

journey_steps as (
    select * from {{ ref('int_journeys__journey_steps') }}
),

-- Journeys that could still have converted at that time are left out.
finished_steps as (
    select
        journey_steps.journey_id,
        conversions.order_key is not null as is_converted,
        journey_steps.marketing_channel,
        journey_steps.step_number
    from journey_steps
    left join conversions on journey_steps.journey_id = conversions.order_key
    where
        conversions.order_key is not null
        or journey_steps.open_until <= {{ attribution_learned_at() }}
),

steps_with_next as (
    select
        journey_id,
        is_converted,
        marketing_channel,
        lead(marketing_channel) over (
            partition by journey_id order by step_number
        ) as next_channel,
        step_number
    from finished_steps
),

found_transitions as (
    select
        '(start)' as from_state,
        marketing_channel as to_state
    from steps_with_next
    where step_number = 1
    union all
    select
        marketing_channel as from_state,
        coalesce(
            next_channel,
            case when is_converted then '(conversion)' else '(null)' end
        ) as to_state
    from steps_with_next
),

transition_counts as (
    select
        from_state,
        to_state,
        count(*) as transition_count
    from found_transitions
    group by from_state, to_state
),

transition_probabilities as (
    select
        from_state,
        to_state,
        transition_count,
        cast(
            cast(transition_count as double precision)
            / cast(sum(transition_count) over (partition by from_state) as double precision)
            as numeric(19, 18)
        ) as probability
    from transition_counts
)

select * from transition_probabilities
