select * from {{ graph_table('reattributions', ref('identity_graph')) }}
