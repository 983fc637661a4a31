{{ config(schema='contacts') }}

with

inputs as (
    {{ input_rows('devices') }}
)

select * from inputs
