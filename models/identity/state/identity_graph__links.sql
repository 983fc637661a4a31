{{ config(materialized='ephemeral') }}

select * from {{ graph_table('links', ref('identity_graph')) }}
