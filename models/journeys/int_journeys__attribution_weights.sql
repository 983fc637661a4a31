{{ by_order() }}

{%- set since = changes_since() -%}
{%- set moved = effects_moved(since) if since is not none -%}

with

conversions as (
    select * from {{ ref('int_journeys__conversion_states') }}
),

touches as (
    select * from {{ ref('int_journeys__conversion_touches') }}
    {%- if since is not none and not moved %}
    where {{ is_changed_order('order_key', since) }}
    {%- endif %}
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
        attribution_models.attribution_model,
        measured.touch_number,
        {{ attribution_weight() }} as weight
    from measured
    cross join attribution_models
    {%- if since is not none %}
    where
        {{ is_credited_anew(
            'measured.order_key', 'attribution_models.attribution_model', since, moved
        ) }}
    {%- endif %}
),

-- An order that no touch led to keeps its credit, so that sums hold.
added_untouched as (
    select
        conversions.order_key,
        conversions.profile_id,
        attribution_models.attribution_model,
        coalesce(weighed.touch_number, 1) as touch_number,
        coalesce(weighed.weight, 1) as weight,
        conversions.amount,
        {{ changed_batch() }} as _changed_batch
    from conversions
    cross join attribution_models
    left join weighed
        on
            conversions.order_key = weighed.order_key
            and attribution_models.attribution_model = weighed.attribution_model
    {%- if since is not none %}
    where
        {{ is_credited_anew(
            'conversions.order_key', 'attribution_models.attribution_model', since, moved
        ) }}
    {%- endif %}
)

select * from added_untouched
