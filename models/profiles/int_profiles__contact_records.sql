{{ config(materialized='view', schema='contacts') }}

with

inputs as (
    {{ input_rows('contacts') }}
),

known_records as (
    select
        source_model,
        record_id,
        {%- for column in contract_columns('contacts') %}
        {{ column }},
        {%- endfor %}
        observed_at
    from inputs
    where observed_at <= {{ as_of() }}
)

select * from known_records
