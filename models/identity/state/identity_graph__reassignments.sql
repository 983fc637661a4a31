{{ config(materialized='ephemeral') }}

select * from {{ graph_table('reassignments', ref('identity_graph')) }}
