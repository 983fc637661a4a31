{{ config(schema='contacts') }}

with

inputs as (
    {{ input_rows('memberships') }}
)

select * from inputs
