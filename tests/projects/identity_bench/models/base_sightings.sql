select * from {{ target.schema }}.bench_sightings
