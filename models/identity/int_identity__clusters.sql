{{ config(materialized='view') }}

with

clusters as (
    select * from {{ graph_table('clusters', ref('identity_graph')) }}
),

owned as (
    select
        cluster_id,
        profile_id
    from clusters
)

select * from owned
