select * from {{ target.schema }}.test_identifier_limits
