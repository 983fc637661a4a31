{#- The latest type of each column, and the latest other than BIGINT, oldest load first. -#}
with

types as (
    select
        landed.column_name,
        landed.inferred_type,
        loads.loaded_at,
        loads.file,
        row_number() over (
            partition by landed.column_name, landed.inferred_type = 'BIGINT'
            order by loads.loaded_at desc, loads.file desc
        ) as row_number
    from {{ schema }}.landing_columns as landed
    inner join {{ schema }}.landing_loads as loads
        on landed.load_id = loads.load_id
    where landed.table_name = $1 and landed.inferred_type is not null
)

select
    column_name,
    inferred_type
from types
where row_number = 1
order by loaded_at, file
