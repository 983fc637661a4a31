with

inputs as (
    {{ input_rows('stores') }}
)

select * from inputs
