{{ config(materialized='view') }}

with

trusted_sources as (
    {{ source_trust_rows() }}
)

select * from trusted_sources
