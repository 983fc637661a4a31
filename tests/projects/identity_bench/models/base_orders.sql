select * from {{ target.schema }}.bench_orders
