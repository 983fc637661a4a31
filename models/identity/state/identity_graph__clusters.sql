{{ config(materialized='ephemeral') }}

select * from {{ graph_table('clusters', ref('identity_graph')) }}
