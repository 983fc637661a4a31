with

inputs as (
    {{ input_rows('order_lines') }}
)

select * from inputs
