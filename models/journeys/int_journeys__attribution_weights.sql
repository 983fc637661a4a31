{{ incremental_by(
    'profile',
    checked_inputs={'int_journeys__channel_effects': 'marketing_channel, removal_effect'},
) }}

with

touches as (
    select * from {{ changed('int_journeys__conversion_touches') }}
),

effects as (
    select * from {{ ref('int_journeys__channel_effects') }}
),

attribution_models as (
    select * from {{ ref('attribution_models') }}
),

measured as (
    select
        touches.*,
        max(case when touches.marketing_channel <> 'direct' then touches.touch_number end)
            over (partition by touches.order_key) as last_non_direct_number,
        {{ seconds_between(
            'touches.touched_at', 'max(touches.touched_at) over (partition by touches.order_key)'
        ) }} as seconds_before_last,
        count(*) over (
            partition by touches.order_key, touches.marketing_channel
        ) as channel_touch_count,
        effects.removal_effect
    from touches
    left join effects on touches.marketing_channel = effects.marketing_channel
),

weighed as (
    select
        measured.order_key,
        measured.profile_id,
        attribution_models.attribution_model,
        measured.touch_number,
        {{ attribution_weight() }} as weight
    from measured
    cross join attribution_models
)

select * from weighed
