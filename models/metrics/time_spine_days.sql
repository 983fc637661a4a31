{{ config(schema='metrics', group='audiences', materialized='table') }}

with

days as (
    {{ spine_of_days() }}
)

select * from days
