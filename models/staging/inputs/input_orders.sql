-- A status that seed order_statuses does not list leaves the order uncounted until it is listed.
with

inputs as (
    {{ input_rows('orders') }}
),

statuses as (
    select * from {{ ref('order_statuses') }}
),

with_event_names as (
    select
        inputs.*,
        {{ counted_order_event(
            'inputs.connector', "coalesce(statuses.event_name, 'order_placed')"
        ) }} as event_name
    from inputs
    left join statuses on lower(inputs.status) = statuses.status
)

select * from with_event_names
