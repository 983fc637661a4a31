{{ incremental_by(
    'profile',
    stale_when="first_interested_at <= as_of() - interval '"
    ~ var("abandonment_window_days") ~ " days'",
) }}

with

interests as (
    select * from {{ changed('int_journeys__product_interests') }}
),

events as (
    select * from {{ changed('events') }}
),

order_lines as (
    select * from {{ changed('order_lines') }}
),

found_last_checkouts as (
    select
        profile_id,
        max(occurred_at) as last_checkout_at
    from events
    where
        event_name = 'checkout_started'
        and profile_id is not null
        and occurred_at <= {{ as_of() }}
    group by profile_id
),

found_purchases as (
    select
        profile_id,
        product_id,
        channel,
        ordered_at
    from order_lines
    where not is_return and profile_id is not null and ordered_at <= {{ as_of() }}
),

ranked_resolving_purchases as (
    select
        interests.profile_id,
        interests.product_id,
        purchases.channel,
        purchases.ordered_at,
        row_number() over (
            partition by interests.profile_id, interests.product_id
            order by purchases.ordered_at, purchases.channel
        ) as purchase_number
    from interests
    inner join found_purchases as purchases
        on
            interests.profile_id = purchases.profile_id
            and interests.product_id = purchases.product_id
            and {{ settles_interest('purchases.ordered_at', 'interests.last_interested_at') }}
),

abandonments as (
    select
        {{ surrogate_key(['interests.profile_id', 'interests.product_id']) }}
            as abandoned_product_id,
        interests.profile_id,
        interests.product_id,
        case
            when found_last_checkouts.last_checkout_at >= interests.last_added_at then 'checkout'
            when interests.last_added_at is not null then 'basket'
            else 'browse'
        end as abandoned_stage,
        resolving_purchases.ordered_at is not null as is_resolved,
        resolving_purchases.channel as resolved_channel,
        interests.viewed_count,
        interests.added_count,
        interests.first_interested_at,
        interests.last_interested_at,
        resolving_purchases.ordered_at as resolved_at
    from interests
    left join found_last_checkouts on interests.profile_id = found_last_checkouts.profile_id
    left join ranked_resolving_purchases as resolving_purchases
        on
            interests.profile_id = resolving_purchases.profile_id
            and interests.product_id = resolving_purchases.product_id
            and resolving_purchases.purchase_number = 1
)

select * from abandonments
