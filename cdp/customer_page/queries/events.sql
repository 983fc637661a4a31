-- $2 a channel or empty for all, $3 how many, $4 how many to leave out.
with

products as (
    select
        product_id,
        product_name
    from {{ staging }}.stg_catalog__products
),

goods as (
    select
        lines.channel,
        lines.order_id,
        string_agg(
            coalesce(products.product_name, lines.product_id), ', '
            order by lines.line_number, lines.order_line_id
        ) as product_names
    from {{ journeys }}.order_lines as lines
    left join products
        on lines.product_id = products.product_id
    where lines.profile_id = $1
    group by lines.channel, lines.order_id
)

select
    events.event_id,
    events.channel,
    events.event_name,
    events.is_interaction,
    events.occurred_at,
    coalesce(goods.product_names, products.product_name, events.product_id) as product,
    coalesce(stores.store_name, events.store_id) as store,
    events.order_id,
    coalesce(events.campaign_name, events.campaign_id) as campaign,
    events.page_path,
    events.referrer,
    events.quantity,
    events.amount,
    events.currency,
    events.properties,
    events.source_model,
    events.record_id
from {{ journeys }}.events as events
left join products
    on events.product_id = products.product_id
left join {{ staging }}.stg_catalog__stores as stores
    on events.store_id = stores.store_id
left join goods
    on
        events.channel = goods.channel
        and events.order_id = goods.order_id
        and events.event_name in ('order_completed', 'order_returned')
where
    events.profile_id = $1
    and cast($2 as text) in ('', events.channel)
order by events.occurred_at desc, events.event_id
limit $3 offset $4
