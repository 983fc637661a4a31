{{ config(materialized='ephemeral') }}

select * from {{ graph_table('combinations', ref('identity_graph')) }}
