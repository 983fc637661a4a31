{{ config(materialized='ephemeral') }}

select * from {{ graph_table('state', ref('identity_graph')) }}
