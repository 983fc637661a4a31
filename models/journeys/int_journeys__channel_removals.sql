{#- The chain has 2^doublings steps; assert_removal_effects_converged fails if too few. -#}
{%- set doublings = 12 -%}

-- The removal effect of a channel, after Anderl, Becker, von Wangenheim and Schumann (2016),
-- "Mapping the customer journey", International Journal of Research in Marketing 33(3), 457-474:
-- the share of conversions lost when every journey that reaches the channel ends without one. The
-- transition matrix of the absorbing chain is squared repeatedly: 12 joins of a few hundred rows
-- cover 4096 steps.
with

transitions as (
    select * from {{ ref('int_journeys__channel_transitions') }}
),

-- Row `(none)` is the complete chain, to compare the others with.
listed_removals as (
    select '(none)' as removed_channel
    union all
    select distinct from_state as removed_channel from transitions
    where from_state <> '(start)'
),

-- `(conversion)` is absorbing. Transitions to `(null)` and to or from the removed channel are
-- dropped.
steps_0 as materialized (
    select
        listed_removals.removed_channel,
        transitions.from_state,
        transitions.to_state,
        transitions.probability
    from transitions
    cross join listed_removals
    where
        transitions.to_state <> '(null)'
        and transitions.from_state <> listed_removals.removed_channel
        and transitions.to_state <> listed_removals.removed_channel
    union all
    select
        removed_channel,
        '(conversion)' as from_state,
        '(conversion)' as to_state,
        cast(1 as numeric(19, 18)) as probability
    from listed_removals
),
{{ squared_transitions(doublings) }}

outcomes as (
    select
        removed_channel,
        sum(case when to_state = '(conversion)' then probability else 0 end)
            as conversion_probability,
        sum(case when to_state = '(conversion)' then 0 else probability end)
            as undecided_probability
    from steps_{{ doublings }}
    where from_state = '(start)'
    group by removed_channel
),

removal_effects as (
    select
        listed_removals.removed_channel,
        cast(
            case
                when complete_chain.conversion_probability > 0
                    then
                        -- Rounding may make an effect of 0 slightly negative.
                        greatest(
                            1
                            - cast(
                                coalesce(outcomes.conversion_probability, 0) as double precision
                            )
                            / cast(complete_chain.conversion_probability as double precision), 0
                        )
            end as numeric(18, 9)
        ) as removal_effect,
        cast(coalesce(outcomes.conversion_probability, 0) as numeric(18, 9))
            as conversion_probability,
        cast(coalesce(outcomes.undecided_probability, 0) as numeric(18, 9))
            as undecided_probability
    from listed_removals
    left join outcomes on listed_removals.removed_channel = outcomes.removed_channel
    left join outcomes as complete_chain on complete_chain.removed_channel = '(none)'
)

select * from removal_effects
