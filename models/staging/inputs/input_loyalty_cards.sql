{{ config(schema='contacts') }}

with

inputs as (
    {{ input_rows('loyalty_cards') }}
)

select * from inputs
