with

inputs as (
    {{ input_rows('products') }}
)

select * from inputs
