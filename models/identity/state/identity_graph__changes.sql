{{ config(materialized='ephemeral') }}

select * from {{ graph_table('changes', ref('identity_graph')) }}
