with

inputs as (
    {{ input_rows('opportunities') }}
)

select * from inputs
