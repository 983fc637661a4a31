-- For a BI tool: `make dbt ARGS="compile -s identity_path"` writes the query to target/compiled. Put the
-- two identifiers in the place of those below; a chain within the profile needs no withheld link, and
-- with inactive_limit=0 reads nothing else.
{{ identity_path(
    "select 'email' as identifier_type_a, 'ann@example.com' as identifier_value_a,"
    ~ " 'phone' as identifier_type_b, '+491700000042' as identifier_value_b",
    {
        'links': graph_table('links', ref('identity_graph')),
        'nodes': graph_table('nodes', ref('identity_graph')),
        'dictionary': graph_table('dictionary', ref('identity_graph')),
    },
    inactive_limit=4
) }}
