select * from {{ graph_table('sets', ref('identity_graph')) }}
