-- Rounded to thousandths, so that late rows rarely change an effect: any change recomputes all
-- credits.
with

removals as (
    select
        removed_channel as marketing_channel,
        cast(removal_effect as numeric(4, 3)) as removal_effect
    from {{ ref('int_journeys__channel_removals') }}
    where removed_channel <> '(none)'
)

select * from removals
