{{ config(meta={'dagster': {'ref': {'name': 'profile_traits'}}}) }}

-- Amounts of profiles must be those of the orders of known people, neither lost nor doubled.
with

orders as (
    select coalesce(sum(reporting_amount), 0) as amount
    from {{ ref('orders') }}
    where profile_id is not null and ordered_at <= {{ as_of() }}
),

traits as (
    select coalesce(sum(net_amount), 0) as amount
    from {{ ref('profile_traits') }}
)

select
    orders.amount as order_amount,
    traits.amount as trait_amount
from orders
cross join traits
where orders.amount <> traits.amount
