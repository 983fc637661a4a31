with

inputs as (
    {{ input_rows('subscriptions') }}
)

select * from inputs
