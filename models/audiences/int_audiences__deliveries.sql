with

delivery_log as (
    {{ delivery_log() }}
),

kept_known as (
    select distinct
        sync_key,
        delivered_at
    from delivery_log
    where delivered_at <= {{ as_of() }}
)

select * from kept_known
