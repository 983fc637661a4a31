{{ config(materialized='connected_components') }}

with

links as (
    select * from {{ ref('int_identity__links') }}
),

surviving as (
    select
        identifier_key_a as node_a,
        identifier_key_b as node_b
    from links
    where withheld_reason is null
)

select * from surviving
