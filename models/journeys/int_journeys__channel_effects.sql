{{ config(
    materialized='incremental',
    incremental_strategy='whole',
    on_schema_change='append_new_columns',
) }}

-- Thousandths, which a late row hardly ever moves: with each effect that moves, all credits that
-- were dealt out by effects are dealt out again. `_changed_batch` says when any last did.
with

removals as (
    select
        removed_channel as marketing_channel,
        cast(removal_effect as numeric(4, 3)) as removal_effect
    from {{ ref('int_journeys__channel_removals') }}
    where removed_channel <> '(none)'
),

{% if is_incremental() %}
moved as (
    select count(*) as effect_count
    from removals
    full join {{ this }} as known on removals.marketing_channel = known.marketing_channel
    where
        removals.marketing_channel is null
        or known.marketing_channel is null
        or removals.removal_effect is distinct from known.removal_effect
),

{% endif %}
stamped as (
    select
        marketing_channel,
        removal_effect,
        {% if is_incremental() %}
        case
            when (select moved.effect_count from moved) = 0
                then (select max(known._changed_batch) from {{ this }} as known)
            else {{ changed_batch() }}
        end as _changed_batch
        {% else %}
        {{ changed_batch() }} as _changed_batch
        {% endif %}
    from removals
)

select * from stamped
