{#- Every load that the model at hand holds rows of. A load that was taken out and landed again has
    its old id and a new time. Rows of removed records have no load, and a null here would make every
    load seem held. -#}
{%- macro staged_loads() -%}
    {{- adapter.dispatch('staged_loads')() -}}
{%- endmacro -%}

{%- macro default__staged_loads() -%}
    select distinct _load_id, _loaded_at from {{ this }}
    where _load_id is not null
{%- endmacro -%}

{#- PostgreSQL would read every row for that; this reads one entry of the index for each load. -#}
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
