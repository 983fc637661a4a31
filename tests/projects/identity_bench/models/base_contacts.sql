select * from {{ target.schema }}.bench_contacts
