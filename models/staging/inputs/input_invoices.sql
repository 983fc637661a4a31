with

inputs as (
    {{ input_rows('invoices') }}
)

select * from inputs
