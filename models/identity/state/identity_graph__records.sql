{{ config(materialized='ephemeral') }}

select * from {{ graph_table('records', ref('identity_graph')) }}
