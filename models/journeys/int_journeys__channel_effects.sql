-- Thousandths, which a late row hardly ever moves: with each effect that moves, all credits are
-- computed again.
with

removals as (
    select
        removed_channel as marketing_channel,
        cast(removal_effect as numeric(4, 3)) as removal_effect
    from {{ ref('int_journeys__channel_removals') }}
    where removed_channel <> '(none)'
)

select * from removals
