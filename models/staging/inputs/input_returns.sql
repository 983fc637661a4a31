with

inputs as (
    {{ input_rows('returns') }}
),

with_event_names as (
    select
        *,
        {{ counted_order_event('connector', "'order_returned'") }} as event_name
    from inputs
)

select * from with_event_names
