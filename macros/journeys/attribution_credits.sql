{#
    Query of the credits of all touchpoints that count towards an order, for the attribution models that meet a
    condition. Credits are computed on few columns, since the rows are sorted several times; descriptive columns of the
    touchpoint and the order are joined last.
#}
{% macro attribution_credits(condition) %}
with

conversions as (
    select * from {{ changed('int_journeys__conversions') }}
),

touches as (
    select * from {{ changed('int_journeys__conversion_touchpoints') }}
),

effects as (
    select * from {{ ref('int_journeys__channel_effects') }}
),

attribution_models as (
    select * from {{ ref('attribution_models') }}
    where {{ condition }}
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
),

compared_with_all as (
    select
        weighed.*,
        conversions.amount,
        cast(sum(weighed.weight) over order_credits as bigint) as weight_sum,
        count(*) over order_credits as row_count,
        cast(abs(conversions.amount) * 100 as bigint) as cents
    from weighed
    inner join conversions on weighed.order_key = conversions.order_key
    window order_credits as (partition by weighed.order_key, weighed.attribution_model)
),

-- If all weights of an order are 0, its touchpoints get equal weights.
measured_shares as (
    select
        *,
        case when weight_sum > 0 then weight else 1 end as share,
        case when weight_sum > 0 then weight_sum else row_count end as share_sum
    from compared_with_all
),

-- Credits are distributed in millionths and amounts in cents by the largest remainder method, so
-- that both add up exactly.
dealt_credits as (
    select
        *,
        {{ integer_quotient('1000000 * share', 'share_sum') }} as whole_millionths,
        row_number() over (
            partition by order_key, attribution_model
            order by (1000000 * share) % share_sum desc, touch_number
        ) as credit_rank
    from measured_shares
),

rounded_credits as (
    select
        *,
        whole_millionths + case
            when
                credit_rank <= 1000000
                - sum(whole_millionths) over (partition by order_key, attribution_model)
                then 1
            else 0
        end as millionths
    from dealt_credits
),

dealt_amounts as (
    select
        *,
        {{ integer_quotient('cents * millionths', '1000000') }} as whole_cents,
        row_number() over (
            partition by order_key, attribution_model
            order by (cents * millionths) % 1000000 desc, touch_number
        ) as amount_rank
    from rounded_credits
),

rounded_amounts as (
    select
        *,
        whole_cents + case
            when
                amount_rank
                <= cents - sum(whole_cents) over (partition by order_key, attribution_model)
                then 1
            else 0
        end as attributed_cents
    from dealt_amounts
),

described as (
    select
        credits.order_key,
        credits.attribution_model,
        credits.touch_number,
        credits.weight,
        touches.touch_count,
        touches.touchpoint_id,
        touches.profile_id,
        touches.marketing_channel,
        conversions.channel as converted_channel,
        cast(cast(credits.millionths as numeric(18, 0)) * 0.000001 as numeric(18, 6)) as credit,
        cast(
            cast(credits.attributed_cents as numeric(18, 0)) * 0.01
            * case when credits.amount < 0 then -1 else 1 end as numeric(18, 2)
        ) as attributed_amount,
        touches.touched_at,
        touches.converted_at
    from rounded_amounts as credits
    inner join conversions on credits.order_key = conversions.order_key
    inner join touches
        on
            credits.order_key = touches.order_key
            and credits.touch_number = touches.touch_number
)

select * from described
{%- endmacro %}
