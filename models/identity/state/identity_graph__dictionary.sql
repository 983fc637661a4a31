{{ config(materialized='ephemeral') }}

select * from {{ graph_table('dictionary', ref('identity_graph')) }}
