select * from {{ graph_table('ledger', ref('identity_graph')) }}
