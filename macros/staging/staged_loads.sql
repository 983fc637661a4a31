{#- Rows of removed records have no load; a null would make `not in` exclude every load. Both
    columns are needed: a load that is removed and landed again keeps its id but has a new time. -#}
{%- macro staged_loads() -%}
    {{- adapter.dispatch('staged_loads')() -}}
{%- endmacro -%}

{%- macro default__staged_loads() -%}
    select distinct _load_id, _loaded_at from {{ this }}
    where _load_id is not null
{%- endmacro -%}

{#- A recursive index scan: PostgreSQL would otherwise read every row of the table. -#}
{%- macro postgres__staged_loads() -%}
    with recursive steps as (
        (
            select _load_id, _loaded_at from {{ this }}
            where _load_id is not null
            order by _load_id, _loaded_at
            limit 1
        )
        union all
        select next_load._load_id, next_load._loaded_at
        from steps
        cross join lateral (
            select base._load_id, base._loaded_at
            from {{ this }} as base
            where (base._load_id, base._loaded_at) > (steps._load_id, steps._loaded_at)
            order by base._load_id, base._loaded_at
            limit 1
        ) as next_load
    )
    select _load_id, _loaded_at from steps
{%- endmacro -%}
