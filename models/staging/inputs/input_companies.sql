with

inputs as (
    {{ input_rows('companies') }}
)

select * from inputs
