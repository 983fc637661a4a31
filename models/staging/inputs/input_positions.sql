with

inputs as (
    {{ input_rows('positions') }}
)

select * from inputs
