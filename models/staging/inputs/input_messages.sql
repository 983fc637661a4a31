with

inputs as (
    {{ input_rows('messages') }}
)

select * from inputs
