select * from {{ target.schema }}.test_records where source = 'contacts'
