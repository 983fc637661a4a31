select * from {{ target.schema }}.test_records where source = 'visits'
