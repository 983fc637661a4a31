{#- 2 to the power of it are the steps; assert_removal_effects_converged says if too few. -#}
{%- set doublings = 12 -%}

-- The removal effect of a channel, after Anderl, Becker, von Wangenheim and Schumann (2016),
-- "Mapping the customer journey", International Journal of Research in Marketing 33(3), 457-474:
-- the share of conversions lost when every walk that comes to the channel ends without one. The
-- absorbing chain is walked by squaring its matrix, so that twelve joins of a few hundred rows walk
-- 4096 steps.
with

transitions as (
    select * from {{ ref('int_journeys__channel_transitions') }}
),

-- Nothing is removed in the row that the others are compared with.
listed_removals as (
    select '(none)' as removed_channel
    union all
    select distinct from_state as removed_channel from transitions
    where from_state <> '(start)'
),

-- Whoever converts stays converted; who is lost, or comes to the removed channel, is not followed.
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

summed as (
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

compared as (
    select
        listed_removals.removed_channel,
        cast(
            case
                when unremoved.conversion_probability > 0
                    then
                        -- Rounding may put an effect of nothing below it.
                        greatest(
                            1
                            - cast(
                                coalesce(summed.conversion_probability, 0) as double precision
                            )
                            / cast(unremoved.conversion_probability as double precision), 0
                        )
            end as numeric(18, 9)
        ) as removal_effect,
        cast(coalesce(summed.conversion_probability, 0) as numeric(18, 9))
            as conversion_probability,
        cast(coalesce(summed.undecided_probability, 0) as numeric(18, 9))
            as undecided_probability
    from listed_removals
    left join summed on listed_removals.removed_channel = summed.removed_channel
    left join summed as unremoved on unremoved.removed_channel = '(none)'
)

select * from compared
