select * from {{ target.schema }}.test_link_overrides
