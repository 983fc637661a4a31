select * from {{ target.schema }}.bench_visits
