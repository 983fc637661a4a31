with

inputs as (
    {{ input_rows('consents') }}
)

select * from inputs
