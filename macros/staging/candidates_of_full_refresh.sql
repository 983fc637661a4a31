{%- macro candidates_of_full_refresh() -%}
removed_loads as (
    select
        cast(null as text) as _load_id,
        cast(null as timestamp) as _loaded_at
    where 1 = 0
),

candidates as not materialized (
    select * from new_rows
),
{%- endmacro -%}
