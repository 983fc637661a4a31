select * from {{ target.schema }}.test_identifier_blocklist
