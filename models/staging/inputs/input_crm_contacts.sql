{{ config(schema='contacts') }}

with

inputs as (
    {{ input_rows('crm_contacts') }}
)

select * from inputs
