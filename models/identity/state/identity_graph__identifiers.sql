{{ config(materialized='ephemeral') }}

select * from {{ graph_table('identifiers', ref('identity_graph')) }}
