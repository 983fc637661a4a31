{{ config(materialized='ephemeral') }}

select * from {{ graph_table('id_registry', ref('identity_graph')) }}
