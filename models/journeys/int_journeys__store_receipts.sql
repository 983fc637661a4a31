{{ incremental_by('order', checked_inputs={'input_stores': 'store_id, time_zone'}) }}

with

receipts as (
    select * from {{ changed('events', by=['channel', 'order_id']) }}
    where event_name in ('order_completed', 'order_returned') and store_id is not null
),

stores as (
    select
        store_id,
        time_zone
    from {{ ref('input_stores') }}
),

localised_receipts as (
    select
        {{ surrogate_key(['receipts.channel', 'receipts.order_id']) }} as order_key,
        receipts.event_id,
        receipts.profile_id,
        receipts.store_id,
        receipts.order_id,
        {{ local_date('receipts.occurred_at', 'stores.time_zone') }} as local_date,
        receipts.occurred_at
    from receipts
    left join stores on receipts.store_id = stores.store_id
)

select * from localised_receipts
